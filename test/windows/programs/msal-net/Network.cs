// HTTP by way of the emulator's proxy, trusting its certificate authority and no other.
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Identity.Client;

sealed class Network(string proxyUrl, string caFile) : IMsalHttpClientFactory
{
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        Proxy = new WebProxy(proxyUrl),
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
