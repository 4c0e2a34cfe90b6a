// MSAL.NET as a subject of the benchmark: a line of JSON in, a line of JSON out, as ../subjects/serve.mjs does it.
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Identity.Client;

var json = new JsonSerializerOptions(JsonSerializerDefaults.Web)
{
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
};
var subject = new Subject();
while (Console.ReadLine() is { } line)
{
    Answer answer;
    try
    {
        answer = await subject.Run(JsonSerializer.Deserialize<Command>(line, json)!);
    }
    catch (Exception error)
    {
        answer = new Answer(Error: error.ToString());
    }
    Console.WriteLine(JsonSerializer.Serialize(answer, json));
}

record Command(
    string Do,
    string ClientId = "",
    string Authority = "",
    string CacheFile = "",
    string AccountsFile = "",
    string Username = "",
    string[]? Scopes = null,
    int Calls = 0,
    int Times = 0,
    int Index = 0,
    bool OnDisk = false,
    Answers? Answers = null);

record Answer(double? CpuUs = null, double? P50Us = null, double? Ms = null, int? Tokens = null, string? AccessToken = null, string? Error = null);

/// An account that the application has kept.
record KeptAccount(string HomeAccountId, string LocalAccountId, string Environment, string TenantId, string Username)
    : IAccount
{
    private readonly AccountId _id = new(HomeAccountId, LocalAccountId, TenantId);

    AccountId IAccount.HomeAccountId => _id;
}

sealed class Subject
{
    // A prime, so that each call is for another account and all have their turn, in no order that a processor could foresee.
    private const long Stride = 7919;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private IPublicClientApplication _app = null!;
    private KeptAccount[] _accounts = [];
    private string[] _sessions = [];
    private string[] _scopes = [];
    private long _turn;
    private Integrated _integrated = null!;
    private readonly Service _service = new();

    public Task<Answer> Run(Command command) => command.Do switch
    {
        // Without a cache it is about signing in.
        "load" when command.CacheFile == "" => Task.FromResult(Prepare(command)),
        "open" => Task.FromResult(Open()),
        "first" => _integrated.First(command.Times),
        "again" => _integrated.Again(command.Times),
        "load" => Load(command),
        "hit" => Hit(command.Index),
        "save" => Save(command),
        "latency" => Latency(command.Calls),
        "cpu" => Cpu(command.Calls),
        "list" => List(command.Times),
        "together" => Together(command.Calls),
        _ => throw new ArgumentException($"There is no command {command.Do}"),
    };

    private Answer Prepare(Command command)
    {
        _integrated = new Integrated(command);
        return new Answer();
    }

    private Answer Open()
    {
        _integrated.Open();
        return new Answer();
    }

    private async Task<Answer> Load(Command command)
    {
        _scopes = command.Scopes!;
        _accounts = JsonSerializer.Deserialize<KeptAccount[]>(await File.ReadAllTextAsync(command.AccountsFile), Json)!;
        _sessions = [.. _accounts.Select(account => JsonSerializer.Serialize(account, Json))];
        if (command.OnDisk)
        {
            _app = await Persistent.Load(command, _service);
            return new Answer();
        }
        _app = PublicClientApplicationBuilder.Create(command.ClientId).WithAuthority(command.Authority).Build();
        var cache = await File.ReadAllBytesAsync(command.CacheFile);
        // Loaded once, as the others do; afterwards the cache is in memory and no callback costs it time.
        _app.UserTokenCache.SetBeforeAccess(args => args.TokenCache.DeserializeMsalV3(cache));
        await _app.GetAccountAsync(_accounts[0].HomeAccountId);
        _app.UserTokenCache.SetBeforeAccess(null);
        return new Answer();
    }

    private Task<AuthenticationResult> AcquireTokenSilent(KeptAccount account) =>
        _app.AcquireTokenSilent(_scopes, account).ExecuteAsync();

    private long Next() => _turn++ * Stride % _accounts.Length;

    // How long calls take, each for another account that has just come out of a session. The median.
    private async Task<Answer> Latency(int calls)
    {
        var times = new double[calls];
        for (var call = 0; call < calls; call++)
        {
            var account = JsonSerializer.Deserialize<KeptAccount>(_sessions[Next()], Json)!;
            var started = Stopwatch.GetTimestamp();
            var result = await AcquireTokenSilent(account);
            times[call] = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
            if (!IsFromCache(result)) throw new InvalidOperationException("that was not a hit");
        }
        Array.Sort(times);
        return new Answer(P50Us: times[calls / 2]);
    }

    // CPU of the whole process for so many calls, garbage collection and all.
    private async Task<Answer> Cpu(int calls)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        for (var call = 0; call < calls; call++) await AcquireTokenSilent(_accounts[Next()]);
        process.Refresh();
        return new Answer(CpuUs: (process.TotalProcessorTime - before).TotalMicroseconds);
    }

    // One hit for the account of this number, which may have other tokens than before.
    private async Task<Answer> Hit(int index)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        var started = Stopwatch.GetTimestamp();
        var result = await AcquireTokenSilent(_accounts[index]);
        var elapsed = Stopwatch.GetElapsedTime(started);
        process.Refresh();
        var cpu = process.TotalProcessorTime - before;
        if (!IsFromCache(result)) throw new InvalidOperationException("that was not a hit");
        return new Answer(Ms: elapsed.TotalMilliseconds, CpuUs: cpu.TotalMicroseconds, AccessToken: result.AccessToken);
    }

    // Renews the tokens of the account of this number, and saves those of the answers, which are at hand.
    private async Task<Answer> Save(Command command)
    {
        _service.Answers = command.Answers!;
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        var started = Stopwatch.GetTimestamp();
        var result = await _app.AcquireTokenSilent(_scopes, _accounts[command.Index]).WithForceRefresh(true).ExecuteAsync();
        var elapsed = Stopwatch.GetElapsedTime(started);
        process.Refresh();
        var cpu = process.TotalProcessorTime - before;
        if (result.AccessToken != command.Answers!.Token.GetProperty("access_token").GetString())
        {
            throw new InvalidOperationException("the token was not renewed");
        }
        return new Answer(Ms: elapsed.TotalMilliseconds, CpuUs: cpu.TotalMicroseconds);
    }

    private async Task<Answer> List(int times)
    {
        var fastest = double.PositiveInfinity;
        for (var time = 0; time < times; time++)
        {
            var started = Stopwatch.GetTimestamp();
            var listed = (await _app.GetAccountsAsync()).Count();
            fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            if (listed != _accounts.Length) throw new InvalidOperationException($"{listed} of {_accounts.Length} accounts were listed");
        }
        return new Answer(Ms: fastest);
    }

    private async Task<Answer> Together(int calls)
    {
        var account = _accounts[Next()];
        var results = await Task.WhenAll(Enumerable.Range(0, calls).Select(_ => AcquireTokenSilent(account)));
        if (results.Any(IsFromCache)) throw new InvalidOperationException("an expired token was used");
        return new Answer(Tokens: results.Select(result => result.AccessToken).Distinct().Count());
    }

    private static bool IsFromCache(AuthenticationResult result) =>
        result.AuthenticationResultMetadata.TokenSource == TokenSource.Cache;
}
