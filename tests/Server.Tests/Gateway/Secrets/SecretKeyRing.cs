using Microsoft.Extensions.Logging.Abstractions;
using Renexus.Server.Gateway.Secrets;

namespace Renexus.Server.Tests.Gateway.Secrets;

/// <summary>Keys for tests that need some: one file of this process.</summary>
internal static class SecretKeyRing
{
    public static SecretFields Fields { get; } = Of(Path.Combine(Directory.CreateTempSubdirectory("renexus-test-keys-").FullName, "secrets.key"));

    public static SecretFields Of(string path) =>
        new(new SecretKeys(new SecretKeyFile(path, isOurs: true), NullLogger<SecretKeys>.Instance), NullLogger<SecretFields>.Instance);
}
