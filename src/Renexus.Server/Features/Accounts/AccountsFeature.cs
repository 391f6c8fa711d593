using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Batches;
using Renexus.Server.Gateway.Jobs;
using Renexus.Server.Gateway.Limits;
using Renexus.Server.Gateway.Mail;
using Renexus.Server.Gateway.Sockets;
using Renexus.Server.Gateway.Sync;

namespace Renexus.Server.Features.Accounts;

/// <summary>People: registering, logging in and staying logged in, the own profile and preferences.</summary>
internal static class AccountsFeature
{
    public static WebApplicationBuilder AddAccounts(this WebApplicationBuilder builder)
    {
        builder.Services.AddAccountIdentity();
        builder.Services.AddSingleton<Passwords>();
        builder.Services.AddSingleton<BrowserClient>();
        builder.Services.AddSingleton<UserLoader>();
        builder.Services.AddSingleton<LogIns>();
        builder.Services.AddSingleton<SessionEndings>();
        builder.Services.AddSingleton<KnownDevices>();
        builder.Services.AddSingleton<LogInGuard>();
        builder.Services.AddScoped<NewPasswords>();
        builder.Services.AddSingleton<VerifiedEmail>();
        builder.Services.AddSingleton<ISyncResource, PreferencesSync>();
        builder.Services.AddSingleton<ISyncResource, ProfileSync>();
        builder.Services.AddSingleton<Links>();
        builder.Services.AddSingleton<MailRequests>();
        builder.Services.AddSingleton<AccountMails>();
        builder.Services.AddMailKind<AccountMails>(AccountMails.Verify, mails => mails.WriteVerificationAsync);
        builder.Services.AddMailKind<AccountMails>(AccountMails.Reset, mails => mails.WriteResetAsync);
        builder.Services.AddMailKind<AccountMails>(AccountMails.PasswordChanged, mails => mails.WritePasswordChangedAsync);
        builder.Services.AddMailKind<AccountMails>(AccountMails.EmailChanged, mails => mails.WriteEmailChangedAsync);
        builder.Services.AddMailKind<AccountMails>(AccountMails.TokenReused, mails => mails.WriteTokenReusedAsync);
        builder.Services.AddMailKind<AccountMails>(AccountMails.LogInHeld, mails => mails.WriteLogInHeldAsync);
        builder.Services.AddMailKind<AccountMails>(AccountMails.NewDevice, mails => mails.WriteNewDeviceAsync);
        builder.Services.AddHostedService<EndedSessionsFeed>();
        builder.Services.AddRecurring<AccountRemoval>(AccountRemoval.Kind, AccountRemoval.EveryTenMinutes, removal => removal.RunAsync);
        foreach (var part in OwnAccount.Export)
            builder.Services.AddSingleton(part);
        builder.Services.AddRecurring<Pruning>(Pruning.Kind, Pruning.Hourly, pruning => pruning.RunAsync);
        builder.AddChannel<UserChannel>(channel => channel.Rules);
        return builder;
    }

    public static IEndpointRouteBuilder MapAccounts(this IEndpointRouteBuilder routes)
    {
        // Open to everybody: these are how one comes to be signed in, or stops.
        var open = routes.MapGroup("/api/auth").WithTags("Accounts").AllowAnonymous().WithMetadata(new NotInBatch()); // they set cookies
        open.MapPost("/register", Register.HandleAsync).WithSummary("Make an account and log in").LimitedBy(Limit.Authentication)
            .ProducesProblem(StatusCodes.Status409Conflict);
        open.MapPost("/login", LogIn.HandleAsync).WithSummary("Log in with email and password").LimitedBy(Limit.Authentication)
            .ProducesProblem(StatusCodes.Status401Unauthorized);
        open.MapPost("/refresh", RenewTokens.HandleAsync).WithSummary("Exchange the refresh token for new tokens")
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);
        open.MapPost("/logout", LogOut.HandleAsync).WithSummary("End this log-in")
            .ProducesProblem(StatusCodes.Status401Unauthorized);
        open.MapPost("/password/forgot", ForgotPassword.HandleAsync).WithSummary("Have a link mailed that sets the password anew")
            .LimitedBy(Limit.Authentication);
        open.MapPost("/password/reset", ResetPassword.HandleAsync).WithSummary("Set the password anew by the link in the mail")
            .LimitedBy(Limit.Authentication).ProducesProblem(StatusCodes.Status404NotFound);
        open.MapPost("/email/verify", VerifyEmail.HandleAsync).WithSummary("Prove an address by the link in the mail")
            .LimitedBy(Limit.Authentication).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        open.MapPost("/sessions/deny", DenySession.HandleAsync).WithSummary("End a log-in that was not yours by the link in the mail")
            .LimitedBy(Limit.Authentication).ProducesProblem(StatusCodes.Status404NotFound);
        routes.MapPost("/api/auth/email/verification", RequestVerification.HandleAsync).WithTags("Accounts")
            .WithSummary("Have the link mailed again that proves your address").ProducesProblem(StatusCodes.Status401Unauthorized);

        var sessions = routes.MapGroup("/api/auth/sessions").WithTags("Accounts").ProducesProblem(StatusCodes.Status401Unauthorized);
        sessions.MapGet("/", ListSessions.HandleAsync).WithSummary("Your open log-ins");
        sessions.MapDelete("/", EndOtherSessions.HandleAsync).NeedsRecentProof().WithSummary("End all other log-ins");
        sessions.MapDelete("/{sessionId:guid}", EndSession.HandleAsync).NeedsRecentProof().WithSummary("End one log-in")
            .ProducesProblem(StatusCodes.Status404NotFound);

        var me = routes.MapGroup("/api/me").WithTags("Accounts").ProducesProblem(StatusCodes.Status401Unauthorized);
        me.MapGet("/", GetMe.HandleAsync).WithSummary("Your account").DisableValidation(); // it takes nothing that could be wrong
        me.MapPatch("/", UpdateMe.HandleAsync).WithSummary("Change your profile")
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status412PreconditionFailed);
        me.MapDelete("/", DeleteMe.HandleAsync).NeedsRecentProof().WithSummary("Delete your account")
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status412PreconditionFailed);
        me.MapGet("/export", ExportMe.HandleAsync).NeedsRecentProof().WithSummary("Everything that is kept of you, as one file")
            .Produces<System.Text.Json.JsonElement>();
        me.MapPut("/password", ChangePassword.HandleAsync).NeedsRecentProof().WithSummary("Change your password").LimitedBy(Limit.Authentication);
        me.MapGet("/preferences", GetPreferences.HandleAsync).WithSummary("Your preferences");
        me.MapPut("/preferences", PutPreferences.HandleAsync).WithSummary("Replace your preferences")
            .ProducesProblem(StatusCodes.Status412PreconditionFailed).ProducesProblem(StatusCodes.Status413PayloadTooLarge);
        return routes;
    }
}
