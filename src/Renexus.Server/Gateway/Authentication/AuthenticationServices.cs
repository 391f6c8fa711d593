using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Renexus.Server.Gateway.Secrets;

namespace Renexus.Server.Gateway.Authentication;

/// <summary>Registers who may pass: everybody must be signed in, unless an operation says <c>AllowAnonymous</c>.</summary>
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
        // The parts of AddAuthentication without its data protection: nothing here is sealed with keys of a home directory.
        services.AddWebEncoders();
        services.AddAuthenticationCore(authentication => authentication.DefaultScheme = AccessTokenHandler.SchemeName);
        new AuthenticationBuilder(services)
            .AddScheme<AuthenticationSchemeOptions, AccessTokenHandler>(AccessTokenHandler.SchemeName, configureOptions: null);
        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
    }
}
