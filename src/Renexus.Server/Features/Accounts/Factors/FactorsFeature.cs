using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Limits;

namespace Renexus.Server.Features.Accounts.Factors;

/// <summary>What proves who somebody is besides the password, and how a log-in that goes on proves it anew (AU-7).</summary>
internal static class FactorsFeature
{
    public static WebApplicationBuilder AddFactors(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<SessionProofs>();
        builder.Services.AddSingleton<RecentProof>(services => services.GetRequiredService<SessionProofs>().IsRecentAsync);
        return builder;
    }

    public static IEndpointRouteBuilder MapFactors(this IEndpointRouteBuilder routes)
    {
        var auth = routes.MapGroup("/api/auth").WithTags("Accounts");
        auth.MapPost("/step-up", StepUp.HandleAsync).WithSummary("Prove anew who you are, for dangerous operations").LimitedBy(Limit.Authentication)
            .ProducesProblem(StatusCodes.Status401Unauthorized);
        return routes;
    }
}
