// Microsoft.Identity.Client.Extensions.Msal: keeps the cache in a plain file or in the keyring, and takes its lock.
using Microsoft.Identity.Client;
using Microsoft.Identity.Client.Extensions.Msal;

static class Extensions
{
    public static async Task Register(Kept kept, ITokenCache cache)
    {
        File.WriteAllText(kept.File + ".begun", "");
        var helper = await MsalCacheHelper.CreateAsync(Properties(kept));
        // Otherwise it would only write into its log that the keyring cannot be used.
        helper.VerifyPersistence();
        helper.RegisterCache(cache);
    }

    public static async Task<long> HoldLock(Kept kept, int forMs)
    {
        using var held = new CrossPlatLock(kept.File + ".lockfile");
        File.WriteAllText(kept.File + ".held", "");
        await Task.Delay(forMs);
        return DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
    }

    static StorageCreationProperties Properties(Kept kept)
    {
        var builder = new StorageCreationPropertiesBuilder(Path.GetFileName(kept.File), Path.GetDirectoryName(kept.File)!);
        if (kept.How == "plain") return builder.WithUnprotectedFile().Build();
        var attributes = kept.Attributes!.ToArray();
        return builder
            .WithLinuxKeyring(kept.Schema!, MsalCacheHelper.LinuxKeyRingDefaultCollection, kept.Label!, attributes[0], attributes[1])
            .Build();
    }
}
