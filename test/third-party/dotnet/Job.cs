// What the tests ask of this program, and what it answers: the shapes of ../support/job.ts.
using System.Text.Json.Serialization;

record Job(string ClientId, string Authority, bool Known, string CaFile, string? Cache, Kept? Kept, Step[] Steps);

record Kept(string How, string File, string? Schema, Dictionary<string, string>? Attributes, string? Label);

record Step(
    string Do,
    string[]? Scopes,
    string? Username,
    string? Password,
    bool ForceRefresh,
    int ForMs);

record Outcome(Result[] Results, string Cache);

record AccountResult(string Username, string HomeAccountId, string Environment);

[method: JsonConstructor]
record Result(
    string? AccessToken = null,
    string? IdToken = null,
    string? Username = null,
    string? HomeAccountId = null,
    string? TenantId = null,
    string[]? Scopes = null,
    string? Source = null,
    AccountResult[]? Accounts = null,
    long? HeldUntil = null,
    string? Error = null,
    string? Message = null);
