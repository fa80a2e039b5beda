"""What is known to run things, by name: for each what it does, in words. Names are those of Python 3, older ones beside them.

A name that is not here may run things all the same: here is only what can be said for certain.
"""

from __future__ import annotations

_REACHES = "reaches into an object, to whatever hangs on it"

#: What it does -> names: ``module: name name …``; ``*`` is every name of the module.
_TABLE: dict[str, str] = {
    "runs a shell command": """
        os: system popen popen2 popen3 popen4
        posix: system popen
        nt: system popen
        subprocess: getoutput getstatusoutput
        commands: getoutput getstatusoutput getstatus
        popen2: popen2 popen3 popen4 Popen3 Popen4
        platform: popen _syscmd_ver
        pty: spawn
        asyncio: create_subprocess_shell
        asyncio.subprocess: create_subprocess_shell
        distutils.spawn: spawn
        setuptools._distutils.spawn: spawn
        numpy.distutils.exec_command: exec_command _exec_command
        uuid: _get_command_stdout
        pexpect: run spawn
        IPython.utils.process: system getoutput
        sh: *
        ctypes.util: _findSoname_ldconfig _get_soname
        torch.utils.cpp_extension: *
        imaplib: IMAP4_stream
        pydoc: pipepager tempfilepager pager
        webbrowser: GenericBrowser BackgroundBrowser
        """,
    "runs a program": """
        os: execl execle execlp execlpe execv execve execvp execvpe posix_spawn posix_spawnp startfile
        os: spawnl spawnle spawnlp spawnlpe spawnv spawnve spawnvp spawnvpe
        posix: execv execve posix_spawn posix_spawnp
        nt: execv execve spawnv spawnve startfile
        subprocess: Popen run call check_call check_output
        asyncio: create_subprocess_exec
        asyncio.subprocess: create_subprocess_exec
        _posixsubprocess: fork_exec
        _winapi: CreateProcess
        webbrowser: open open_new open_new_tab get
        antigravity: *
        """,
    "runs Python code": """
        builtins: eval exec execfile compile breakpoint
        __builtin__: eval execfile compile
        code: InteractiveInterpreter InteractiveConsole interact InteractiveConsole.push
        code: InteractiveInterpreter.runcode InteractiveInterpreter.runsource
        codeop: compile_command Compile CommandCompiler
        runpy: run_path run_module _run_code _run_module_code _run_module_as_main
        timeit: timeit repeat Timer Timer.timeit main
        trace: Trace Trace.run Trace.runctx Trace.runfunc
        doctest: run_docstring_examples testfile testmod debug_script debug_src
        typing: get_type_hints ForwardRef._evaluate
        annotationlib: *
        dataclasses: _create_fn make_dataclass
        sqlite3: connect
        numpy.testing: rundocs runstring
        numpy.testing._private.utils: rundocs runstring measure
        numpy.f2py: compile
        numpy.f2py.crackfortran: *
        numexpr: evaluate
        pandas: eval
        pandas.core.computation.eval: eval
        pandas.core.frame: DataFrame.eval DataFrame.query
        sympy: sympify
        sympy.core.sympify: sympify
        jinja2: Template
        jinja2.environment: Template Environment
        mako.template: Template
        torch.jit: load
        torch.package: PackageImporter
        torch.hub: load
        torch.fx.graph_module: reduce_graph_module reduce_package_graph_module
        logging.config: fileConfig dictConfig listen
        site: addpackage addsitedir execsitecustomize execusercustomize
        distutils.core: run_setup setup
        setuptools: setup
        cgitb: *
        rlcompleter: *
        """,
    "runs Python code that is in its state": """
        scipy.stats._continuous_distns: *
        scipy.stats._discrete_distns: *
        scipy.stats._levy_stable: levy_stable_gen
        scipy.stats._distn_infrastructure: rv_generic rv_continuous rv_discrete rv_sample
        scipy.stats.distributions: rv_continuous rv_discrete
        scipy.stats: rv_continuous rv_discrete rv_histogram
        """,
    "starts a debugger or a profiler, which runs code": """
        pdb: *
        profile: run runctx Profile Profile.run
        cProfile: run runctx Profile Profile.run
        bdb: *
        sys: settrace setprofile
        threading: settrace setprofile
        """,
    "makes a function or a class of code that the stream brings": """
        types: CodeType FunctionType LambdaType
        new: code function instancemethod classobj
        dill._dill: _create_function _create_code _create_type _create_filehandle _create_stringi _create_stringo
        dill._dill: _eval_repr _unmarshal _load_type
        dill.dill: _load_type _create_function _create_code _create_type _create_filehandle _eval_repr _unmarshal
        cloudpickle.cloudpickle: _builtin_type _make_function _make_skeleton_class _make_skeleton_enum
        cloudpickle.cloudpickle: _class_setstate _function_setstate _fill_function _make_skel_func
        cloudpickle.cloudpickle: dynamic_subimport _rehydrate_skeleton_class
        cloudpickle.cloudpickle_fast: _function_setstate _class_setstate _make_function _make_skeleton_class
        marshal: loads load
        ray.cloudpickle.cloudpickle: _make_function _make_skeleton_class
        joblib.externals.cloudpickle.cloudpickle: _make_function _make_skeleton_class
        pyspark.cloudpickle: *
        """,
    "imports a module": """
        builtins: __import__
        __builtin__: __import__
        importlib: import_module __import__ reload
        importlib._bootstrap: __import__ _gcd_import _load _load_unlocked
        importlib.util: module_from_spec spec_from_file_location
        imp: load_source load_module load_compiled load_dynamic find_module init_builtin
        pkgutil: resolve_name get_data find_loader get_loader walk_packages
        pydoc: locate safeimport importfile resolve render_doc
        zipimport: zipimporter zipimporter.load_module
        importlib.machinery: SourceFileLoader SourcelessFileLoader ExtensionFileLoader
        importlib._bootstrap_external: SourceFileLoader SourcelessFileLoader ExtensionFileLoader
        unittest.mock: _importer _get_target
        mock.mock: _importer
        pickle: _Unpickler.find_class Unpickler.find_class whichmodule
        django.utils.module_loading: import_string
        werkzeug.utils: import_string
        xmlrpc.server: resolve_dotted_attribute
        logging.config: _resolve
        dill._dill: _import_module
        dill.dill: _import_module
        cloudpickle: subimport
        cloudpickle.cloudpickle: subimport
        ray.cloudpickle.cloudpickle: subimport
        joblib.externals.cloudpickle.cloudpickle: subimport
        """,
    "calls a function that it is given": """
        builtins: map filter apply reduce
        __builtin__: apply reduce map filter
        functools: reduce cached_property singledispatch
        operator: methodcaller call
        _operator: methodcaller call
        itertools: starmap accumulate takewhile dropwhile filterfalse imap ifilter
        _functools: reduce
        concurrent.futures: ThreadPoolExecutor ProcessPoolExecutor
        atexit: register
        weakref: finalize
        contextlib: ExitStack
        asyncio: run
        copyreg: add_extension pickle
        signal: signal
        gc: *
        numpy: vectorize frompyfunc fromfunction apply_along_axis piecewise
        joblib.parallel: Parallel
        joblib: Parallel
        sched: scheduler.run
        """,
    _REACHES: """
        builtins: getattr setattr delattr globals locals vars
        __builtin__: getattr setattr delattr globals locals vars
        operator: attrgetter setitem delitem
        _operator: attrgetter setitem delitem
        inspect: getattr_static currentframe stack getmembers
        sys: _getframe modules _current_frames
        types: MethodType DynamicClassAttribute
        """,
    "opens a file": """
        builtins: open file
        __builtin__: open file
        io: open open_code FileIO TextIOWrapper
        _io: open open_code FileIO
        _pyio: open open_code FileIO
        codecs: open
        os: open fdopen
        posix: open
        nt: open
        pathlib: Path.open Path.read_text Path.read_bytes Path.write_text Path.write_bytes
        tempfile: NamedTemporaryFile TemporaryFile mkstemp mkdtemp mktemp TemporaryDirectory
        tokenize: open
        gzip: open GzipFile
        bz2: open BZ2File
        lzma: open LZMAFile
        zipfile: ZipFile PyZipFile
        tarfile: open TarFile TarFile.open
        fileinput: input FileInput
        linecache: getline getlines updatecache
        shelve: open
        dbm: open
        dbm.dumb: open
        mmap: mmap
        numpy: fromfile memmap genfromtxt loadtxt save savez savetxt DataSource
        numpy.lib.npyio: genfromtxt loadtxt
        logging: FileHandler
        logging.handlers: *
        pandas: read_csv read_table read_excel read_hdf read_sql read_json read_html read_xml
        """,
    "removes files": """
        os: remove unlink rmdir removedirs truncate
        posix: remove unlink rmdir truncate
        nt: remove unlink rmdir
        shutil: rmtree move
        pathlib: Path.unlink Path.rmdir Path.rename
        """,
    "changes files or where the process stands": """
        os: rename renames replace mkdir makedirs chmod chown lchown link symlink mkfifo mknod write chdir fchdir chroot
        posix: rename replace mkdir chmod chown link symlink write chdir
        shutil: copy copy2 copyfile copytree make_archive unpack_archive chown
        distutils.file_util: *
        distutils.dir_util: *
        zipfile: ZipFile.extractall main
        tarfile: TarFile.extractall
        venv: *
        compileall: *
        py_compile: compile
        """,
    "opens a URL": """
        urllib.request: urlopen urlretrieve OpenerDirector build_opener install_opener URLopener FancyURLopener
        urllib: urlopen urlretrieve URLopener FancyURLopener
        urllib2: urlopen build_opener install_opener
        requests: get post put delete head patch request Session
        requests.api: get post put delete head patch request
        httpx: get post put delete request Client
        aiohttp: *
        httplib: HTTPConnection HTTPSConnection
        http.client: HTTPConnection HTTPSConnection HTTPSConnection.request
        urllib3: PoolManager ProxyManager HTTPConnectionPool HTTPSConnectionPool request connection_from_url proxy_from_url
        urllib3.poolmanager: PoolManager ProxyManager PoolManager.request PoolManager.urlopen proxy_from_url
        urllib3.connectionpool: HTTPConnectionPool HTTPSConnectionPool connection_from_url
        urllib3.connection: HTTPConnection HTTPSConnection
        urllib3.util.connection: create_connection
        urllib3.contrib: *
        torch.hub: download_url_to_file load_state_dict_from_url
        """,
    "opens a network connection": """
        socket: socket create_connection create_server getaddrinfo gethostbyname fromfd
        _socket: socket getaddrinfo gethostbyname
        ssl: SSLSocket wrap_socket get_server_certificate
        smtplib: SMTP SMTP_SSL LMTP
        ftplib: FTP FTP_TLS
        poplib: *
        imaplib: IMAP4 IMAP4_SSL
        nntplib: *
        telnetlib: *
        xmlrpc.client: ServerProxy Server
        xmlrpclib: ServerProxy Server
        http.server: *
        socketserver: *
        wsgiref.simple_server: *
        asyncore: *
        asyncio: open_connection start_server
        multiprocessing.connection: Client Listener answer_challenge
        multiprocessing.managers: *
        paramiko: *
        """,
    "loads another pickle": """
        pickle: loads load Unpickler _loads _load _Unpickler
        _pickle: loads load Unpickler
        cPickle: loads load Unpickler
        dill: loads load
        dill._dill: loads load Unpickler
        cloudpickle: loads load
        joblib: load
        joblib.numpy_pickle: load NumpyUnpickler
        numpy: load
        numpy.lib.npyio: load
        numpy.lib._npyio_impl: load
        pandas: read_pickle
        pandas.io.pickle: read_pickle
        torch: load
        torch.serialization: load _load
        torch.storage: _load_from_bytes
        shelve: Shelf
        yaml: load unsafe_load full_load
        spacy.tokens.doc: unpickle_doc
        spacy.vocab: unpickle_vocab
        srsly: pickle_loads
        srsly._pickle_api: pickle_loads
        srsly.cloudpickle: loads load
        ray.cloudpickle: loads load
        ray.cloudpickle.cloudpickle: loads load
        joblib.externals.loky.cloudpickle_wrapper: _reconstruct_wrapper
        joblib.externals.cloudpickle: loads load
        torch.utils.data.datapipes.datapipe: _DataPipeSerializationWrapper _IterDataPipeSerializationWrapper
        torch.utils.data.datapipes.datapipe: _MapDataPipeSerializationWrapper
        gensim.utils: unpickle
        statsmodels.iolib.smpickle: load_pickle
        dill.temp: load loadIO
        jsonpickle: decode
        jsonpickle.unpickler: decode
        """,
    "loads native code, or reaches into memory": """
        ctypes: *
        _ctypes: *
        cffi: *
        _cffi_backend: *
        numpy.ctypeslib: load_library
        torch.ops: load_library
        readline: parse_and_bind read_init_file
        """,
    "ends a process, or sends it a signal": """
        os: kill killpg abort _exit
        posix: kill killpg abort _exit
        sys: exit
        builtins: exit quit
        signal: raise_signal pthread_kill alarm
        faulthandler: _sigsegv _sigabrt
        """,
    "starts a process": """
        os: fork forkpty
        posix: fork forkpty
        pty: fork
        multiprocessing: Process Pool
        multiprocessing.context: Process
        multiprocessing.process: BaseProcess
        multiprocessing.popen_fork: Popen
        multiprocessing.popen_spawn_posix: Popen
        multiprocessing.util: spawnv_passfds
        multiprocessing.spawn: *
        multiprocessing.forkserver: *
        """,
    "starts a thread": """
        _thread: start_new_thread start_new start_joinable_thread
        thread: start_new_thread start_new
        threading: Thread Timer
        """,
    "installs packages": """
        pip: main
        pip._internal: main
        pip._internal.cli.main: main
        ensurepip: *
        setuptools.command.easy_install: *
        """,
    "reads what is typed": """
        builtins: input raw_input
        __builtin__: input raw_input
        getpass: getpass
        """,
    "changes the interpreter or its environment": """
        os: environ putenv unsetenv setuid setgid
        sys: setrecursionlimit addaudithook set_int_max_str_digits setswitchinterval
        sys.path: *
        """,
}  # fmt: skip

#: Names that a dotted one ends with, by way of something private: ``module`` in which they are known.
_TAILS = {
    "system": "os", "popen": "os", "exec": "builtins", "eval": "builtins", "__import__": "builtins", "import_module": "importlib",
    "Popen": "subprocess", "getattr": "builtins", "open": "builtins", "run_path": "runpy", "urlopen": "urllib.request",
}  # fmt: skip
_INSIDES = (
    "__builtins__", "__globals__", "__subclasses__", "__dict__", "__class__", "__code__", "__getattribute__", "__mro__",
)  # fmt: skip
_MOST = 20  # parts of a name that are looked at

_known: dict[str, str] = {}


def _all() -> dict[str, str]:
    """Give name -> words, made of the table when first asked for."""
    if not _known:
        for words, lines in _TABLE.items():
            for line in lines.split("\n"):
                module, _, names = line.strip().partition(": ")
                for name in names.split():
                    _known.setdefault(f"{module}.{name}", words)
    return _known


def runs(full: str) -> str:
    """Say in words what the dotted name *full* is known to do when it is called; empty where nothing is known of it."""
    known = _all()
    found = known.get(full)
    if found:
        return found
    parts = full.split(".", _MOST)
    for number in range(len(parts) - 1, 0, -1):
        found = known.get(".".join(parts[:number]) + ".*")
        if found:
            return found
    if any(part in _INSIDES for part in parts[1:]):
        return _REACHES
    return _aliased(parts, known)


def _aliased(parts: list[str], known: dict[str, str]) -> str:
    """Find what is reached by way of another module that has imported it: ``random._os.system``."""
    bare = [part.lstrip("_") for part in parts]
    for number in range(1, len(parts) - 1):
        tail = bare[number:]
        module = "builtins" if tail[0] in ("bltns", "builtin") else tail[0]
        found = known.get(".".join([module, *tail[1:]]))
        if found:
            return found
    if parts[-1] in _TAILS and any(part[:1] == "_" for part in parts[1:-1]):
        return known[f"{_TAILS[parts[-1]]}.{parts[-1]}"]
    return ""
