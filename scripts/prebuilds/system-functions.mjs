/** What the binaries may need of each system; a new name is added here on purpose, once it is known since when it is there. */
import { LIBCXX_FUNCTIONS } from './macos-sysroot.mjs'

const words = text => text.trim().split(/\s+/)

const LINUX = words(`
  __cxa_atexit __errno_location __stack_chk_fail abort clock_gettime close dladdr dlerror dlopen dlsym fclose fcntl
  flock fopen fputc fread free ftruncate fwrite getenv gethostname isalnum kill malloc memchr memcmp memcpy memmove
  memset nanosleep open pread pthread_attr_destroy pthread_attr_init pthread_attr_setdetachstate
  pthread_attr_setstacksize pthread_cond_broadcast pthread_cond_destroy pthread_cond_signal pthread_cond_timedwait
  pthread_cond_wait pthread_create pthread_mutex_lock pthread_mutex_unlock pthread_once pthread_sigmask pwrite realloc
  sigfillset stderr strcmp strlen strncmp strrchr strtod strtoul syscall unlink`)

// The first three and the fourth line are weak: whoever has none of them does without.
const GLIBC = words(`
  _ITM_deregisterTMCloneTable _ITM_registerTMCloneTable __gmon_start__
  __cxa_pure_virtual __pthread_key_create
  __cxa_finalize __fxstat __getauxval __isoc99_sscanf __lxstat __snprintf_chk __stack_chk_guard __tls_get_addr fputs
  gettext sprintf strchr strerror`)

// The C++ library that is linked in wants more of musl than Debian's does of glibc.
const MUSL = words(`
  aligned_alloc atexit bcmp calloc dl_iterate_phdr explicit_bzero fflush floor fprintf fstat isxdigit lstat
  pthread_detach pthread_getspecific pthread_join pthread_key_create pthread_mutex_destroy pthread_mutex_init
  pthread_mutex_trylock pthread_mutexattr_destroy pthread_mutexattr_init pthread_mutexattr_settype
  pthread_rwlock_rdlock pthread_rwlock_unlock pthread_rwlock_wrlock pthread_self pthread_setspecific snprintf sscanf
  strerror_r strtof strtol strtold strtoll strtoull swprintf sysconf vfprintf wcstod wcstof wcstol
  wcstold wcstoll wcstoul wcstoull`)

// Those with a `$` are what Intel's headers make of the names without it.
const MACOS = words(`
  _DefaultRuneLocale __cxa_atexit __bzero __error __stack_chk_fail __stack_chk_guard abort atexit close dladdr dlerror
  dlopen dlsym dyld_stub_binder flock fstat fstat$INODE64 ftruncate getpid kill lround lstat lstat$INODE64 memcmp memcpy
  memmove memset_s open pread pthread_attr_destroy pthread_attr_init pthread_attr_setdetachstate
  pthread_attr_setstacksize pthread_create pthread_sigmask pwrite strlen unlink`)

// By library. What of it is ours is in native/windows/; the rest is mingw-w64's runtime and GCC's.
const WINDOWS = {
  'advapi32.dll': `
    CryptAcquireContextA CryptGenRandom CryptReleaseContext`,
  'crypt32.dll': `
    CryptProtectData CryptUnprotectData`,
  'kernel32.dll': `
    AddVectoredExceptionHandler CloseHandle CreateEventA CreateEventW CreateFileW CreateSemaphoreA
    CreateToolhelp32Snapshot DeleteCriticalSection DuplicateHandle EnterCriticalSection FileTimeToSystemTime
    FormatMessageA FormatMessageW FreeLibrary GetCurrentProcess GetCurrentProcessId GetCurrentThread
    GetCurrentThreadId GetHandleInformation GetLastError GetModuleHandleA GetModuleHandleExW GetModuleHandleW
    GetProcAddress GetProcessAffinityMask GetProcessTimes GetSystemTimeAdjustment GetSystemTimeAsFileTime
    GetThreadContext GetThreadPriority GetThreadTimes GetTickCount64 InitializeCriticalSection IsDBCSLeadByteEx
    IsDebuggerPresent LeaveCriticalSection LoadLibraryA LoadLibraryExW LoadLibraryW LocalAlloc LocalFree
    MultiByteToWideChar OpenProcess OutputDebugStringA Process32FirstW Process32NextW QueryPerformanceCounter
    QueryPerformanceFrequency RaiseException ReadFile ReleaseSemaphore RemoveVectoredExceptionHandler ResetEvent
    ResumeThread RtlCaptureContext RtlLookupFunctionEntry RtlUnwindEx RtlVirtualUnwind SetEndOfFile SetEvent
    SetLastError SetProcessAffinityMask SetSystemTime SetThreadContext SetThreadPriority Sleep SuspendThread TlsAlloc
    TlsGetValue TlsSetValue TryEnterCriticalSection VirtualProtect VirtualQuery WaitForMultipleObjects
    WaitForSingleObject WideCharToMultiByte WriteFile __C_specific_handler lstrcmpiW`,
  'msvcrt.dll': `
    ___lc_codepage_func ___mb_cur_max_func __iob_func _amsg_exit _beginthreadex _close _endthreadex _errno _exit
    _initterm _lock _open _read _setjmp _strdup _stricmp _strnicmp _ultoa _unlock _write abort calloc exit fprintf
    fputc fputs free fwrite localeconv longjmp malloc memchr memcmp memcpy memmove memset printf realloc signal strcmp
    strerror strlen strncmp vfprintf wcslen`,
  'secur32.dll': `
    AcquireCredentialsHandleW CompleteAuthToken DeleteSecurityContext FreeContextBuffer FreeCredentialsHandle
    GetUserNameExW InitializeSecurityContextW QueryContextAttributesW`,
  'user32.dll': `
    AllowSetForegroundWindow EnableWindow EnumWindows GetAncestor GetDesktopWindow GetDpiForWindow GetMonitorInfoW
    GetWindow GetWindowLongPtrW GetWindowRect GetWindowThreadProcessId IsIconic IsWindow IsWindowEnabled
    IsWindowVisible MonitorFromWindow SendMessageTimeoutW SetForegroundWindow SetThreadDpiAwarenessContext
    SetWindowLongPtrW SetWindowPos ShowWindowAsync`,
}

// zig brings LLVM's C++ library instead, and an older part of mingw-w64's runtime.
const WINDOWS_BY_ZIG = {
  'kernel32.dll': `
    AcquireSRWLockExclusive FlsAlloc FlsGetValue FlsSetValue GetSystemInfo GetSystemTimePreciseAsFileTime GetThreadId
    InitOnceExecuteOnce ReleaseSRWLockExclusive SleepConditionVariableSRW SwitchToThread TerminateProcess
    TryAcquireSRWLockExclusive WaitForSingleObjectEx WakeAllConditionVariable WakeConditionVariable`,
  'msvcrt.dll': `
    _aligned_free _aligned_malloc _sys_nerr _vsnprintf fputwc fwprintf islower isspace isupper iswctype isxdigit strtol
    strtoul wcstol wcstoul`,
}

const ofWindows = functions =>
  Object.entries(functions).flatMap(([library, names]) => words(names).map(name => `${library}:${name}`))

/** By the name of a target, else by its libc, or else by its platform. */
export const ALLOWED = {
  glibc: {
    libraries: ['libc.so.6', 'libdl.so.2', 'libpthread.so.0', 'ld-linux-x86-64.so.2', 'ld-linux-aarch64.so.1'],
    functions: [...LINUX, ...GLIBC],
  },
  // musl's loader knows this name as its own, whatever the file is called.
  musl: { libraries: ['libc.so'], functions: [...LINUX, ...MUSL] },
  win32: { libraries: Object.keys(WINDOWS), functions: ofWindows(WINDOWS) },
  'win32-arm64': {
    libraries: Object.keys(WINDOWS),
    functions: [...ofWindows(WINDOWS), ...ofWindows(WINDOWS_BY_ZIG)],
  },
  darwin: {
    libraries: ['/usr/lib/libSystem.B.dylib', '/usr/lib/libc++.1.dylib'],
    functions: [...MACOS, ...LIBCXX_FUNCTIONS],
  },
}
