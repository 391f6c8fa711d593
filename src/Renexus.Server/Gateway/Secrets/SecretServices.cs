using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Gateway.Secrets;

/// <summary>Registers the encryption of secret fields.</summary>
internal static class SecretServices
{
    public static void AddSecretFields(this IServiceCollection services)
    {
        services.AddSingleton(provider => SecretKeys.FileOf(provider.GetRequiredService<RenexusOptions>()));
        services.AddSingleton<SecretKeys>();
        services.AddSingleton<SecretFields>();
        services.AddHostedService<SecretKeyCheck>();
    }

    /// <summary>Makes a column known to <c>rotate-keys</c> and <c>doctor</c>.</summary>
    public static void AddSecretColumn(this IServiceCollection services, SecretColumn column) => services.AddSingleton(column);
}
