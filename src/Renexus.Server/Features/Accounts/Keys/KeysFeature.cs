using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Accounts.Keys;

/// <summary>API keys: how programs come in for a person, with the scopes that the person gave them (AU-9).</summary>
internal static class KeysFeature
{
    public static IEndpointRouteBuilder MapKeys(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/api/me/keys").WithTags("Accounts").ProducesProblem(StatusCodes.Status401Unauthorized);
        keys.MapGet("/", ListKeys.HandleAsync).WithSummary("Your API keys");
        keys.MapPost("/", CreateKey.HandleAsync).NeedsRecentProof().WithSummary("Make an API key")
            .ProducesProblem(StatusCodes.Status409Conflict);
        keys.MapDelete("/{keyId:guid}", RevokeKey.HandleAsync).NeedsRecentProof().WithSummary("Revoke an API key")
            .ProducesProblem(StatusCodes.Status404NotFound);
        return routes;
    }
}
