"""Class names of scikit-learn and PyTorch that are known wherever in their library they lie: its modules were renamed often."""

from __future__ import annotations

_ESTIMATORS = """
    ARDRegression AdaBoostClassifier AdaBoostRegressor AdditiveChi2Sampler AffinityPropagation AgglomerativeClustering
    BaggingClassifier BaggingRegressor BayesianGaussianMixture BayesianRidge BernoulliNB BernoulliRBM Binarizer Birch
    BisectingKMeans CCA CalibratedClassifierCV CategoricalNB ClassifierChain ColumnTransformer ComplementNB
    CountVectorizer DBSCAN DecisionTreeClassifier DecisionTreeRegressor DictVectorizer DictionaryLearning
    DummyClassifier DummyRegressor ElasticNet ElasticNetCV EllipticEnvelope EmpiricalCovariance ExtraTreeClassifier
    ExtraTreeRegressor ExtraTreesClassifier ExtraTreesRegressor FactorAnalysis FastICA FeatureAgglomeration
    FeatureHasher FeatureUnion FunctionTransformer GammaRegressor GaussianMixture GaussianNB GaussianProcessClassifier
    GaussianProcessRegressor GaussianRandomProjection GradientBoostingClassifier GradientBoostingRegressor
    GraphicalLasso GridSearchCV HDBSCAN HashingVectorizer HistGradientBoostingClassifier HistGradientBoostingRegressor
    HuberRegressor IncrementalPCA IsolationForest Isomap IsotonicRegression IterativeImputer KBinsDiscretizer KFold
    KMeans KNNImputer KNeighborsClassifier KNeighborsRegressor KernelDensity KernelPCA KernelRidge LabelBinarizer
    LabelEncoder LabelPropagation LabelSpreading Lars LarsCV Lasso LassoCV LassoLars LassoLarsCV LassoLarsIC
    LatentDirichletAllocation LedoitWolf LinearDiscriminantAnalysis LinearRegression LinearSVC LinearSVR
    LocalOutlierFactor LocallyLinearEmbedding LogisticRegression LogisticRegressionCV MDS MLPClassifier MLPRegressor
    MaxAbsScaler MeanShift MinCovDet MinMaxScaler MiniBatchDictionaryLearning MiniBatchKMeans MiniBatchNMF
    MiniBatchSparsePCA MissingIndicator MultiLabelBinarizer MultiOutputClassifier MultiOutputRegressor
    MultiTaskElasticNet MultiTaskLasso MultinomialNB NMF NearestCentroid NearestNeighbors
    NeighborhoodComponentsAnalysis Normalizer NuSVC NuSVR Nystroem OAS OPTICS OneClassSVM OneHotEncoder
    OneVsOneClassifier OneVsRestClassifier OrdinalEncoder OrthogonalMatchingPursuit OutputCodeClassifier PCA
    PLSCanonical PLSRegression PLSSVD PassiveAggressiveClassifier PassiveAggressiveRegressor Perceptron Pipeline
    PoissonRegressor PolynomialFeatures PowerTransformer QuadraticDiscriminantAnalysis QuantileRegressor
    QuantileTransformer RANSACRegressor RBFSampler RFE RFECV RadiusNeighborsClassifier RadiusNeighborsRegressor
    RandomForestClassifier RandomForestRegressor RandomTreesEmbedding RandomizedSearchCV RegressorChain Ridge RidgeCV
    RidgeClassifier RidgeClassifierCV RobustScaler SGDClassifier SGDOneClassSVM SGDRegressor SVC SVR SelectFdr
    SelectFpr SelectFromModel SelectFwe SelectKBest SelectPercentile SelfTrainingClassifier SequentialFeatureSelector
    ShrunkCovariance SimpleImputer SkewedChi2Sampler SparseCoder SparsePCA SparseRandomProjection SpectralBiclustering
    SpectralClustering SpectralCoclustering SpectralEmbedding SplineTransformer StackingClassifier StackingRegressor
    StandardScaler StratifiedKFold TSNE TargetEncoder TfidfTransformer TfidfVectorizer TheilSenRegressor
    TransformedTargetRegressor TruncatedSVD TweedieRegressor VarianceThreshold VotingClassifier VotingRegressor
    _BinMapper TreePredictor _ConstantPredictor _SigmoidCalibration _CalibratedClassifier MeanEstimator ZeroEstimator
    BinomialDeviance LeastSquaresError MultinomialDeviance RBF ConstantKernel WhiteKernel Product Sum Exponentiation
    Matern RationalQuadratic DotProduct
    """

_LAYERS = """
    AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveMaxPool2d AlphaDropout AvgPool1d AvgPool2d BatchNorm1d BatchNorm2d
    BatchNorm3d BCELoss BCEWithLogitsLoss Bilinear CELU ConstantPad1d ConstantPad2d Conv1d Conv2d Conv3d
    ConvTranspose1d ConvTranspose2d ConvTranspose3d CrossEntropyLoss Dropout Dropout1d Dropout2d Dropout3d ELU
    Embedding EmbeddingBag Flatten GELU GLU GRU GRUCell GroupNorm Hardsigmoid Hardswish Hardtanh Identity
    InstanceNorm1d InstanceNorm2d L1Loss LSTM LSTMCell LayerNorm LeakyReLU Linear LocalResponseNorm LogSigmoid
    LogSoftmax MSELoss MaxPool1d MaxPool2d MaxPool3d Mish Module ModuleDict ModuleList MultiheadAttention NLLLoss
    NonDynamicallyQuantizableLinear PReLU ParameterDict ParameterList PixelShuffle RMSNorm RNN RNNCell ReLU ReLU6
    ReflectionPad2d ReplicationPad2d SELU Sequential SiLU Sigmoid SmoothL1Loss Softmax Softmax2d Softmin Softplus
    Softshrink Softsign Tanh Tanhshrink Threshold Transformer TransformerDecoder TransformerDecoderLayer
    TransformerEncoder TransformerEncoderLayer Unflatten Unfold Upsample ZeroPad2d
    """

#: scikit-learn's estimators and transformers.
ESTIMATORS = frozenset(_ESTIMATORS.split())
#: PyTorch's layers, each in one of the modules of ``torch.nn.modules``.
LAYERS = frozenset(_LAYERS.split())
