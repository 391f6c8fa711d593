using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Batches;
using Renexus.Server.Gateway.Limits;
using Renexus.Server.Gateway.Mail;
using Renexus.Server.Gateway.Secrets;

namespace Renexus.Server.Features.Accounts.Factors;

/// <summary>What proves who somebody is besides the password, and how a log-in that goes on proves it anew (AU-7).</summary>
internal static class FactorsFeature
{
    public static WebApplicationBuilder AddFactors(this WebApplicationBuilder builder)
    {
        builder.Services.AddSecretColumn(TotpSeeds.Column);
        builder.Services.AddSingleton<SessionProofs>();
        builder.Services.AddSingleton<RecentProof>(services => services.GetRequiredService<SessionProofs>().IsRecentAsync);
        builder.Services.AddSingleton<FactorNews>();
        builder.Services.AddMailKind<FactorNews>(FactorNews.Kind, news => news.WriteAsync);
        builder.Services.AddSingleton<SecondFactors>();
        builder.Services.AddSingleton<RelyingParty>();
        builder.Services.AddSingleton<PasskeyChallenges>();
        builder.Services.AddScoped<PasskeyCeremonies>();
        builder.Services.AddScoped<SecondFactorStep>();
        return builder;
    }

    public static IEndpointRouteBuilder MapFactors(this IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup("/api/auth/passkey").WithTags("Accounts").AllowAnonymous().WithMetadata(new NotInBatch());
        open.MapPost("/challenge", ChallengePasskey.HandleAsync).WithSummary("Ask for a proof by passkey").LimitedBy(Limit.Authentication);
        open.MapPost("/", LogInByPasskey.HandleAsync).WithSummary("Log in with a passkey").LimitedBy(Limit.Authentication)
            .ProducesProblem(StatusCodes.Status401Unauthorized);

        routes.MapPost("/api/auth/step-up", StepUp.HandleAsync).WithTags("Accounts").LimitedBy(Limit.Authentication)
            .WithSummary("Prove anew who you are, for dangerous operations").ProducesProblem(StatusCodes.Status401Unauthorized);

        var me = routes.MapGroup("/api/me").WithTags("Accounts").ProducesProblem(StatusCodes.Status401Unauthorized);
        me.MapGet("/security", GetSecurity.HandleAsync).WithSummary("How your account is secured");

        var dangerous = me.MapGroup("").NeedsRecentProof();
        dangerous.MapPost("/totp", BeginTotp.HandleAsync).WithSummary("Set up an authenticator app")
            .ProducesProblem(StatusCodes.Status409Conflict);
        dangerous.MapPost("/totp/confirm", ConfirmTotp.HandleAsync).WithSummary("Turn on codes of the app")
            .ProducesProblem(StatusCodes.Status409Conflict);
        dangerous.MapDelete("/totp", DisableTotp.HandleAsync).WithSummary("Turn off codes of the app");
        dangerous.MapPost("/recovery-codes", NewRecoveryCodes.HandleAsync).WithSummary("Replace your recovery codes")
            .ProducesProblem(StatusCodes.Status409Conflict);
        dangerous.MapPost("/passkeys/challenge", BeginPasskey.HandleAsync).WithSummary("Ask for a new passkey");
        dangerous.MapPost("/passkeys", AddPasskey.HandleAsync).WithSummary("Add a passkey")
            .ProducesProblem(StatusCodes.Status409Conflict);
        dangerous.MapPatch("/passkeys/{passkeyId:guid}", RenamePasskey.HandleAsync).WithSummary("Rename a passkey")
            .ProducesProblem(StatusCodes.Status404NotFound);
        dangerous.MapDelete("/passkeys/{passkeyId:guid}", RemovePasskey.HandleAsync).WithSummary("Remove a passkey")
            .ProducesProblem(StatusCodes.Status404NotFound);
        return routes;
    }
}
