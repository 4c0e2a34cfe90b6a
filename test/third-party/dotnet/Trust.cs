// HTTP that trusts one certificate authority and no other, for an authority at the emulator's own origin.
using System.Security.Cryptography.X509Certificates;
using Microsoft.Identity.Client;

sealed class OnlyThisAuthority(string caFile) : IMsalHttpClientFactory
{
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        // As in the factory that MSAL.NET has by default: tickets come from the system.
        Credentials = System.Net.CredentialCache.DefaultCredentials,
        SslOptions = { CertificateChainPolicy = PolicyFor(caFile) },
    });

    public HttpClient GetHttpClient() => _client;

    private static X509ChainPolicy PolicyFor(string caFile)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPemFile(caFile);
        return policy;
    }
}
