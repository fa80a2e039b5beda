"""Names of well-known libraries that only build: called with any arguments, they make an object and run nothing of the stream's.

Only exact names count. A module also has, as attributes, whatever it has imported itself, so no name is known by its module alone;
a class's own name may be enough, where nothing else in its library is called so.
"""

from __future__ import annotations

from histshell.pik.tree.estimators import ESTIMATORS, LAYERS

_ARRAYS = """
    numpy: ndarray dtype
    numpy.core.multiarray: _reconstruct scalar
    numpy._core.multiarray: _reconstruct scalar
    numpy.core.numeric: _frombuffer
    numpy._core.numeric: _frombuffer
    joblib.numpy_pickle: NumpyArrayWrapper
    joblib.numpy_pickle_compat: NDArrayWrapper ZNDArrayWrapper
    sklearn.externals.joblib.numpy_pickle: NumpyArrayWrapper
    """

#: Module: names, a library a line.
_BUILDERS = {
    "numpy": """
        numpy: matrix recarray record str_ bytes_ datetime64 timedelta64 bool_ float64 float32 int64 int32 void
        numpy.core.numerictypes: str_
        numpy.ma.core: _mareconstruct MaskedArray MaskedConstant mvoid
        numpy.ma: MaskedArray
        numpy.ma.extras: mrecarray
        numpy.rec: recarray record
        numpy.core.records: recarray record
        numpy.random._pickle: __randomstate_ctor __generator_ctor __bit_generator_ctor
        numpy.random: __RandomState_ctor
        numpy.random.mtrand: __RandomState_ctor
        numpy.random._mt19937: MT19937
        numpy.random._pcg64: PCG64 PCG64DXSM
        numpy.random._philox: Philox
        numpy.random._sfc64: SFC64
        numpy.random.bit_generator: SeedSequence __pyx_unpickle_SeedSequence
        numpy.polynomial.polynomial: Polynomial
        numpy.lib.polynomial: poly1d
        numpy: poly1d
        numpy.polynomial.chebyshev: Chebyshev
        numpy.polynomial.hermite: Hermite
        numpy.polynomial.hermite_e: HermiteE
        numpy.polynomial.laguerre: Laguerre
        numpy.polynomial.legendre: Legendre
        numpy.char: chararray
        numpy.core._internal: _convert_to_stringdtype_kwargs
        numpy._core._internal: _convert_to_stringdtype_kwargs
        """,
    "pandas": """
        pandas.core.frame: DataFrame
        pandas.core.series: Series TimeSeries
        pandas: DataFrame Series Index MultiIndex RangeIndex Timestamp Timedelta Categorical Interval Period
        pandas: DatetimeIndex TimedeltaIndex PeriodIndex IntervalIndex CategoricalIndex StringDtype CategoricalDtype
        pandas: DatetimeTZDtype PeriodDtype IntervalDtype SparseDtype ArrowDtype BooleanDtype Int8Dtype Int16Dtype Int32Dtype
        pandas: Int64Dtype UInt8Dtype UInt16Dtype UInt32Dtype UInt64Dtype Float32Dtype Float64Dtype
        pandas.arrays: StringArray ArrowStringArray DatetimeArray TimedeltaArray PeriodArray IntervalArray IntegerArray
        pandas.arrays: FloatingArray BooleanArray SparseArray NumpyExtensionArray ArrowExtensionArray
        pandas.core.indexes.timedeltas: _new_TimedeltaIndex
        pandas.core.internals: BlockManager SingleBlockManager
        pandas.core.internals.managers: BlockManager SingleBlockManager
        pandas.core.internals.blocks: new_block Block NumericBlock FloatBlock IntBlock ObjectBlock BoolBlock
        pandas.core.internals.blocks: DatetimeBlock DatetimeLikeBlock ExtensionBlock CategoricalBlock
        pandas._libs.internals: _unpickle_block BlockManager
        pandas.core.indexes.base: Index _new_Index
        pandas.indexes.base: Index _new_Index
        pandas.core.index: Index _new_Index MultiIndex Int64Index
        pandas.core.indexes.multi: MultiIndex
        pandas.indexes.multi: MultiIndex
        pandas.core.indexes.numeric: Int64Index UInt64Index Float64Index NumericIndex
        pandas.indexes.numeric: Int64Index Float64Index
        pandas.core.indexes.range: RangeIndex
        pandas.indexes.range: RangeIndex
        pandas.core.indexes.datetimes: DatetimeIndex _new_DatetimeIndex
        pandas.tseries.index: DatetimeIndex _new_DatetimeIndex
        pandas.core.indexes.timedeltas: TimedeltaIndex
        pandas.core.indexes.period: PeriodIndex _new_PeriodIndex
        pandas.core.indexes.interval: IntervalIndex _new_IntervalIndex
        pandas.core.indexes.category: CategoricalIndex
        pandas.core.arrays.categorical: Categorical
        pandas.core.categorical: Categorical
        pandas.core.arrays.datetimes: DatetimeArray
        pandas.core.arrays.timedeltas: TimedeltaArray
        pandas.core.arrays.period: PeriodArray
        pandas.core.arrays.integer: IntegerArray Int64Dtype Int32Dtype Int8Dtype Int16Dtype UInt8Dtype
        pandas.core.arrays.floating: FloatingArray Float64Dtype Float32Dtype
        pandas.core.arrays.boolean: BooleanArray BooleanDtype
        pandas.core.arrays.string_: StringArray StringDtype
        pandas.core.arrays.string_arrow: ArrowStringArray
        pandas.core.arrays.numpy_: PandasArray NumpyExtensionArray
        pandas.core.arrays.interval: IntervalArray
        pandas.core.arrays.sparse.array: SparseArray
        pandas.core.arrays.sparse.dtype: SparseDtype
        pandas.core.dtypes.dtypes: CategoricalDtype DatetimeTZDtype PeriodDtype IntervalDtype SparseDtype ArrowDtype
        pandas.core.arrays.arrow.array: ArrowExtensionArray
        pandas._libs.sparse: IntIndex BlockIndex
        pandas._libs.arrays: __pyx_unpickle_NDArrayBacked
        pandas._libs.tslibs.timestamps: Timestamp _unpickle_timestamp
        pandas._libs.tslib: Timestamp _unpickle_timestamp
        pandas.tslib: Timestamp _unpickle_timestamp
        pandas._libs.tslibs.timedeltas: Timedelta _timedelta_unpickle
        pandas._libs.tslibs.period: _period_unpickle Period
        pandas._libs.tslibs.nattype: _nat_unpickle __nat_unpickle
        pandas._libs.tslibs.offsets: Day Hour Minute Second Nano BusinessDay MonthEnd MonthBegin YearEnd YearBegin
        pandas._libs.tslibs.offsets: QuarterEnd QuarterBegin Week DateOffset __pyx_unpickle_BaseOffset
        pandas._libs.tslibs.offsets: _restore_from_pickle Milli Micro BusinessMonthEnd BusinessMonthBegin SemiMonthEnd
        pandas._libs.missing: NAType NA
        pandas: NA NaT
        pandas._libs.interval: Interval __pyx_unpickle_IntervalMixin
        """,
    "SciPy": """
        scipy.sparse._csr: csr_matrix csr_array
        scipy.sparse._csc: csc_matrix csc_array
        scipy.sparse._coo: coo_matrix coo_array
        scipy.sparse._bsr: bsr_matrix bsr_array
        scipy.sparse._dia: dia_matrix dia_array
        scipy.sparse._lil: lil_matrix lil_array
        scipy.sparse._dok: dok_matrix dok_array
        scipy.sparse.csr: csr_matrix
        scipy.sparse.csc: csc_matrix
        scipy.sparse.coo: coo_matrix
        scipy.sparse.bsr: bsr_matrix
        scipy.sparse.dia: dia_matrix
        scipy.sparse.lil: lil_matrix
        scipy.sparse.dok: dok_matrix
        scipy.interpolate.interpolate: interp1d
        scipy.interpolate._interpolate: interp1d PPoly _PPoly BPoly interp1d._call_linear interp1d._call_linear_np
        scipy.interpolate._interpolate: interp1d._call_nearest interp1d._call_spline interp1d._call_previousnext
        scipy.interpolate._bsplines: BSpline _BSpline
        scipy.interpolate._cubic: CubicSpline PchipInterpolator Akima1DInterpolator
        scipy.interpolate._rgi: RegularGridInterpolator
        scipy.spatial.transform._rotation: Rotation
        scipy.optimize._optimize: OptimizeResult
        scipy.optimize.optimize: OptimizeResult
        scipy.stats._kde: gaussian_kde
        scipy.stats.kde: gaussian_kde
        scipy.spatial._ckdtree: cKDTree
        scipy.spatial._kdtree: KDTree
        """,
    "PyTorch": """
        torch._utils: _rebuild_tensor _rebuild_tensor_v2 _rebuild_tensor_v3 _rebuild_parameter
        torch._utils: _rebuild_parameter_with_state _rebuild_sparse_tensor _rebuild_qtensor
        torch._utils: _rebuild_meta_tensor_no_storage _rebuild_device_tensor_from_numpy _rebuild_nested_tensor
        torch._utils: _rebuild_wrapper_subclass _rebuild_xla_tensor
        torch._tensor: _rebuild_from_type_v2 _rebuild_from_type Tensor
        torch: FloatStorage DoubleStorage HalfStorage LongStorage IntStorage ShortStorage CharStorage ByteStorage
        torch: BoolStorage BFloat16Storage ComplexFloatStorage ComplexDoubleStorage UntypedStorage Size device dtype
        torch: float32 float64 float16 bfloat16 int64 int32 int16 int8 uint8 bool complex64 Tensor Generator
        torch: per_tensor_affine per_channel_affine
        torch.storage: TypedStorage UntypedStorage
        torch.nn.parameter: Parameter UninitializedParameter Buffer
        torch.serialization: _get_layout
        torch.jit._pickle: build_intlist build_tensorlist build_doublelist build_boollist build_tensor_from_id
        torch.jit._pickle: restore_type_tag
        torch.distributed._shard.sharded_tensor.metadata: TensorProperties
        """,
    "scikit-learn": """
        sklearn.tree._tree: Tree
        sklearn.neighbors._ball_tree: newObj BallTree
        sklearn.neighbors._kd_tree: newObj KDTree
        sklearn.neighbors.kd_tree: newObj
        sklearn.neighbors.ball_tree: newObj
        sklearn._loss._loss: CyHalfBinomialLoss CyHalfSquaredError CyHalfMultinomialLoss CyHalfPoissonLoss
        sklearn._loss._loss: __pyx_unpickle_CyHalfBinomialLoss __pyx_unpickle_CyHalfMultinomialLoss
        sklearn._loss._loss: __pyx_unpickle_CyHalfSquaredError __pyx_unpickle_CyHalfPoissonLoss __pyx_unpickle_CyHalfGammaLoss
        sklearn._loss._loss: __pyx_unpickle_CyAbsoluteError __pyx_unpickle_CyPinballLoss __pyx_unpickle_CyHuberLoss
        sklearn._loss._loss: __pyx_unpickle_CyExponentialLoss CyHalfGammaLoss CyAbsoluteError CyPinballLoss CyHuberLoss
        sklearn._loss._loss: CyExponentialLoss
        sklearn._loss.link: LogitLink IdentityLink MultinomialLogit LogLink Interval
        sklearn._loss.loss: HalfBinomialLoss HalfSquaredError HalfMultinomialLoss HalfPoissonLoss HalfGammaLoss
        sklearn._loss.loss: AbsoluteError PinballLoss HuberLoss ExponentialLoss
        sklearn.neural_network._stochastic_optimizers: AdamOptimizer SGDOptimizer
        sklearn.feature_selection._univariate_selection: f_classif f_regression f_oneway chi2
        sklearn.linear_model._sgd_fast: Hinge SquaredHinge Log ModifiedHuber SquaredLoss Huber EpsilonInsensitive
        sklearn.linear_model._sgd_fast: SquaredEpsilonInsensitive
        sklearn.metrics._dist_metrics: newObj EuclideanDistance EuclideanDistance64 EuclideanDistance32
        sklearn.metrics._dist_metrics: ManhattanDistance64
        sklearn.utils: Bunch
        sklearn.utils._bunch: Bunch
        sklearn.utils._tags: Tags
        """,
    "the standard library": """
        copyreg: __newobj__ __newobj_ex__ _reconstructor
        copy_reg: _reconstructor __newobj__
        collections: UserDict UserList UserString ChainMap
        types: SimpleNamespace MappingProxyType GenericAlias
        logging: LogRecord
        argparse: Namespace
        functools: partial
        operator: itemgetter
        re: _compile
        datetime: tzinfo
        zoneinfo: ZoneInfo._unpickle ZoneInfo
        ipaddress: IPv4Address IPv6Address IPv4Network IPv6Network IPv4Interface IPv6Interface
        random: Random
        pathlib: Path PosixPath WindowsPath
        pathlib._local: Path PosixPath WindowsPath
        builtins: Ellipsis NotImplemented frozendict
        re: RegexFlag
        string.templatelib: Interpolation Template
        builtins: BaseException Exception ValueError TypeError KeyError RuntimeError AttributeError OSError ArithmeticError
        builtins: IndexError LookupError StopIteration AssertionError NotImplementedError ZeroDivisionError OverflowError
        builtins: FileNotFoundError FileExistsError PermissionError IsADirectoryError NotADirectoryError ConnectionError
        builtins: ConnectionResetError ConnectionRefusedError ConnectionAbortedError BrokenPipeError TimeoutError InterruptedError
        builtins: UnicodeError UnicodeDecodeError UnicodeEncodeError ImportError ModuleNotFoundError NameError MemoryError
        builtins: RecursionError EOFError KeyboardInterrupt SystemExit BufferError SyntaxError Warning UserWarning
        builtins: DeprecationWarning RuntimeWarning FutureWarning ExceptionGroup BaseExceptionGroup
        time: struct_time
        os: stat_result
        """,
    "Arrow": """
        pyarrow.lib: _restore_array type_for_alias py_buffer chunked_array _reconstruct_table _reconstruct_record_batch
        pyarrow.lib: schema field scalar timestamp decimal32 decimal64 decimal128 decimal256 dictionary list_ large_list
        pyarrow.lib: struct map_ binary
        """,
    "shapely": "shapely.io: from_wkb",
    "geopandas": "geopandas.geodataframe: GeoDataFrame\n geopandas.geoseries: GeoSeries\n geopandas.array: GeometryArray",
    "Pillow": "PIL.Image: Image",
    "dateutil": "dateutil.tz.tz: tzutc tzlocal tzoffset\n dateutil.relativedelta: relativedelta",
    "pytz": "pytz: _UTC _p\n pytz.tzinfo: DstTzInfo StaticTzInfo",
    "NetworkX": "networkx.classes.graph: Graph\n networkx.classes.digraph: DiGraph\n"
    " networkx.classes.multigraph: MultiGraph\n networkx.classes.multidigraph: MultiDiGraph\n"
    " networkx.classes.reportviews: NodeView EdgeView DegreeView NodeDataView OutEdgeView AdjacencyView\n"
    " networkx.classes.coreviews: AtlasView AdjacencyView MultiAdjacencyView FilterAtlas FilterAdjacency\n"
    " networkx.classes.filters: show_nodes no_filter\n networkx.classes.function: frozen",
    "xarray": "xarray.core.dataset: Dataset\n xarray.core.dataarray: DataArray\n xarray.core.variable: Variable IndexVariable\n"
    " xarray.core.indexes: PandasIndex PandasMultiIndex\n xarray.core.datatree: DataTree\n"
    " xarray.core.indexing: PandasIndexingAdapter PandasMultiIndexingAdapter",
}  # fmt: skip

_LOWER = """
    ndarray dtype date time datetime timedelta timezone deque defaultdict partial itemgetter attrgetter
    methodcaller array object bool int float str
    bytes complex range slice list tuple set frozenset frozendict struct_time newclass
    matrix recarray record memmap chararray poly1d void generic
    bool_ str_ bytes_ object_ int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 longdouble
    complex64 complex128 clongdouble datetime64 timedelta64
    csr_matrix csc_matrix coo_matrix bsr_matrix dia_matrix lil_matrix dok_matrix
    csr_array csc_array coo_array bsr_array dia_array lil_array dok_array
    """
_NOT_CAPITAL = frozenset(_LOWER.split())


def _table(lines: str, into: dict[str, str], library: str) -> None:
    """Read lines of a module and its names."""
    for line in lines.split("\n"):
        module, _, names = line.strip().partition(": ")
        for name in names.split():
            into[f"{module}.{name}"] = library


_known: dict[str, str] = {}
_arrays: dict[str, str] = {}


def is_numpy_data(full: str) -> bool:
    """Tell whether a name is one that numpy's arrays, dtypes and scalars are written with."""
    if not _arrays:
        _table(_ARRAYS, _arrays, "numpy")
    return full in _arrays


def builds(full: str) -> str:
    """Give the library of a dotted name that only builds; empty where it is none."""
    if not _known:
        for library, lines in _BUILDERS.items():
            _table(lines, _known, library)
    found = _known.get(full, "")
    if found:
        return found
    name = full.rpartition(".")[2]
    if full.startswith("sklearn.") and name in ESTIMATORS:
        return "scikit-learn"
    if full.startswith("torch.nn.modules.") and name in LAYERS:
        return "PyTorch"
    if full.startswith(("numpy.dtypes.", "numpy.")) and name.endswith("DType") and full.count(".") == 2:
        return "numpy"
    return ""


def is_class(full: str) -> bool:
    """Guess by its name whether a name is a class."""
    name = full.rpartition(".")[2].lstrip("_")
    return name[:1].isupper() or name in _NOT_CAPITAL or (full.startswith("numpy.") and name == "dtype")
