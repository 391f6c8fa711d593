using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Jobs;
using Renexus.Server.Gateway.Limits;
using Renexus.Server.Gateway.Mail;

namespace Renexus.Server.Features.Accounts.External;

/// <summary>Signing in at a provider's own page, and which of them open the own account (AU-8).</summary>
internal static class ProvidersFeature
{
    public static WebApplicationBuilder AddProviders(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ExternalPeople>();
        builder.Services.AddSingleton<ExternalLogIns>(services => services.GetRequiredService<ExternalPeople>().LogInAsync);
        builder.Services.AddSingleton<ProviderReturns>();
        builder.Services.AddSingleton<IdentityNews>();
        builder.Services.AddJob<ClerkEvents, ClerkEvent>(ClerkEvents.Kind, events => events.RunAsync);
        builder.Services.AddRecurring<ClerkEvents>(ClerkEvents.ForgetKind, ClerkEvents.Nightly, events => events.ForgetAsync);
        builder.Services.AddMailKind<IdentityNews>(IdentityNews.Kind, news => news.WriteAsync);
        return builder;
    }

    public static IEndpointRouteBuilder MapProviders(this IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup("/api/auth/providers").WithTags("Accounts").AllowAnonymous();
        open.MapGet("/", ListProviders.Handle).WithSummary("The providers at whose page one can sign in");
        open.MapPost("/{providerId}/begin", BeginProviderSignIn.HandleAsync).WithSummary("Begin to sign in at a provider").LimitedBy(Limit.Authentication)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status502BadGateway);
        open.MapPost("/{providerId}/complete", CompleteProviderSignIn.HandleAsync).WithSummary("Log in with what a provider's page sent back")
            .LimitedBy(Limit.Authentication).ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status502BadGateway);

        // Below the path of the cookie that ties the way back to the browser.
        var own = routes.MapGroup("/api/auth/providers/{providerId}").WithTags("Accounts").LimitedBy(Limit.Authentication)
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status502BadGateway);
        own.MapPost("/connect", ConnectProvider.HandleAsync).NeedsRecentProof().WithSummary("Let a provider open your account")
            .ProducesProblem(StatusCodes.Status409Conflict);
        own.MapPost("/prove", ProveByProvider.HandleAsync).WithSummary("Prove anew who you are at a provider, for dangerous operations")
            .ProducesProblem(StatusCodes.Status403Forbidden);

        routes.MapPost("/api/webhooks/clerk", TakeClerkEvent.HandleAsync).AllowAnonymous().ExcludeFromDescription().TakesUpTo(TakeClerkEvent.MaxBytes);

        var identities = routes.MapGroup("/api/me/identities").WithTags("Accounts").ProducesProblem(StatusCodes.Status401Unauthorized);
        identities.MapGet("/", ListIdentities.HandleAsync).WithSummary("The providers that open your account");
        identities.MapDelete("/{providerId}", DisconnectProvider.HandleAsync).NeedsRecentProof().WithSummary("Let a provider open your account no longer")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        return routes;
    }
}
