using Renexus.Server.Gateway.Secrets;

namespace Renexus.Server.Gateway.Authentication;

/// <summary>Registers what finds out who asks (<see cref="BearerAuthentication"/>).</summary>
internal static class AuthenticationServices
{
    public static void AddGatewayAuthentication(this IServiceCollection services)
    {
        services.AddSecretColumn(SigningKeys.Secret);
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<EndedSessions>();
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<ExternalHttp>();
        services.AddSingleton<ExternalTokens>();
        services.AddSingleton<SignInProviders>();
        services.AddSingleton<BearerAuthentication>();
    }
}
