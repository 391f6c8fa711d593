using System.Security.Cryptography;
using System.Text;
using Renexus.Contracts;
using Renexus.Engine.Audit;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Accounts.External;

/// <summary>
/// Accounts and log-ins of people who come from an identity provider (AU-8): made on first sight, found ever after by issuer and subject.
/// The rules of admitting and linking are in <c>accounts.admit_external</c>, in one transaction with what they decide on.
/// </summary>
internal sealed class ExternalPeople(Database database, IdentityNews news, RenexusOptions options, TimeProvider clock, ILogger<ExternalPeople> logger)
{
    /// <summary>How the address of somebody ends who has none.</summary>
    internal const string Nowhere = "@external.invalid";

    private const int MaxNameLength = 100;
    private const int MaxUserAgentLength = 400;

    /// <summary>Whose account somebody gets who came back from a provider's page.</summary>
    /// <param name="UserId">Null when there is none: <see cref="Outcome"/> is <c>taken</c> or <c>unknown</c>.</param>
    internal sealed record SignIn(string Outcome, Guid? UserId);

    private sealed record Entry(bool IsEnded, Guid? UserId, Guid? SessionId);

    private sealed record Admission(string Outcome, Guid? UserId, Guid? SessionId, bool IsNewSession);

    private static readonly Query<Entry> Enter = new("accounts.enter_external", """
        select is_ended, user_id, session_id from accounts.enter_external($1, $2, $3, $4, $5, $6, $7::inet, $8, $9)
        """);

    private static readonly Query<Admission> Admit = new("accounts.admit_external", """
        select outcome, user_id, session_id, is_new_session
        from accounts.admit_external($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17::inet, $18, $19)
        """);

    private static readonly Query<SignIn> Found = new("accounts.sign_in_external", """
        select outcome, user_id from accounts.sign_in_external($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """);

    /// <summary>
    /// The account of whoever came back from a provider's page: known, made, or one without a password that has the same proven address. An account
    /// with a password is not given away; its owner connects it.
    /// </summary>
    public async Task<SignIn> SignInAsync(ExternalPerson person, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (email, newUser) = (EmailOf(person), Guid.CreateVersion7(now));
        await using var work = await database.BeginAsync(Scope.Of(newUser), cancellationToken);
        var found = (await work.QueryFirstAsync(
            Found,
            [
                person.Issuer.Issuer, person.Subject, email, email is null ? (string?)null : EmailAddress.Key(email), PlaceholderOf(person), NameOf(person, email),
                options.Identity.AdmitNewPeople, options.Identity.LinkVerifiedEmail, newUser, now,
            ],
            cancellationToken))!;
        if (found.UserId is not { } userId)
        {
            logger.NotAdmitted(person.Issuer.Issuer);
            await database.RecordPersonalAsync(
                AuditActions.LogInRefused, null, null, new { because = found.Outcome, issuer = person.Issuer.Issuer }, now, cancellationToken);
            return found;
        }

        await TellAsync(work, found.Outcome, userId, person, cancellationToken);
        await work.CommitAsync(now);
        return found;
    }

    /// <summary>What an account that was made or given to somebody has to be told of.</summary>
    private async Task TellAsync(Work work, string outcome, Guid userId, ExternalPerson person, CancellationToken cancellationToken)
    {
        var from = new { issuer = person.Issuer.Issuer };
        if (outcome == "created")
        {
            work.RecordPersonal(AuditActions.AccountRegistered, userId, userId, after: from);
            if (await work.QueryFirstAsync(GetMe.ById, [userId], cancellationToken) is { } user)
                work.AnnounceToUser(userId, ChangeOp.Create, "user", userId, user, userId);
            work.AfterCommit(() => logger.Admitted(userId, person.Issuer.Issuer));
        }

        if (outcome == "linked")
        {
            await news.TellAsync(work, userId, person.Issuer.Name, isConnected: true, cancellationToken);
            work.AfterCommit(() => logger.Linked(userId, person.Issuer.Issuer));
        }

        if (outcome is "created" or "linked")
            work.RecordPersonal(AuditActions.IdentityLinked, userId, userId, after: from);
    }

    /// <summary>See <see cref="ExternalLogIns"/>. One round trip, unless person or log-in are new.</summary>
    public async ValueTask<ExternalLogIn> LogInAsync(ExternalPerson person, ClientOrigin origin, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var entry = await database.QueryFirstAsync(
            Scope.None,
            Enter,
            [
                person.Issuer.Issuer, person.Subject, KeyOf(person.Issuer.Issuer, person.Subject, person.Session), person.Session is not null, person.IssuedAt, person.ProvenAt, AddressOf(origin),
                now + options.Sessions.RefreshTokenLifetime, now,
            ],
            cancellationToken);
        return entry switch
        {
            { IsEnded: true } => new(AccessTokenFailure.SessionEnded),
            { UserId: { } user, SessionId: { } session } => new(AccessTokenFailure.None, user, session),
            _ => await AdmitAsync(person, origin, now, cancellationToken),
        };
    }

    private async Task<ExternalLogIn> AdmitAsync(ExternalPerson person, ClientOrigin origin, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (email, key) = (EmailOf(person), KeyOf(person.Issuer.Issuer, person.Subject, person.Session));
        var (newUser, newSession) = (Guid.CreateVersion7(now), Guid.CreateVersion7(now));
        var device = DeviceName.Of(origin.UserAgent);
        await using var work = await database.BeginAsync(Scope.Of(newUser), cancellationToken);
        var admission = (await work.QueryFirstAsync(
            Admit,
            [
                person.Issuer.Issuer, person.Subject, key, person.Session is not null, person.IssuedAt, person.ProvenAt,
                email, email is null ? (string?)null : EmailAddress.Key(email), PlaceholderOf(person), NameOf(person, email),
                options.Identity.AdmitNewPeople, options.Identity.LinkVerifiedEmail,
                newUser, newSession, device, Texts.Cut(origin.UserAgent ?? "", MaxUserAgentLength), AddressOf(origin), now + options.Sessions.RefreshTokenLifetime, now,
            ],
            cancellationToken))!;
        if (admission is not { UserId: { } userId, SessionId: { } sessionId })
        {
            if (admission.Outcome != "ended")
                logger.NotAdmitted(person.Issuer.Issuer);
            return new(admission.Outcome == "ended" ? AccessTokenFailure.SessionEnded : AccessTokenFailure.NotAdmitted);
        }

        // Who asks is known only now; what is recorded below came from there.
        Origin.Current = Origin.Current with { Actor = userId, SessionId = sessionId, Address = origin.Address, Device = origin.UserAgent };
        await TellAsync(work, admission.Outcome, userId, person, cancellationToken);
        if (admission.IsNewSession)
            work.RecordPersonal(AuditActions.LoggedIn, userId, sessionId, after: new { issuer = person.Issuer.Issuer });
        if (admission.IsNewSession)
            work.AnnounceToUser(userId, ChangeOp.Create, "session", sessionId, new LogInSession(sessionId, device, AddressOf(origin), now, now, Current: null), userId);
        await work.CommitAsync(now);

        if (admission.IsNewSession)
            logger.ExternalLogIn(userId, sessionId, person.Issuer.Issuer, AddressOf(origin));
        return new(AccessTokenFailure.None, userId, sessionId);
    }

    /// <summary>Tells a provider's log-in from every other; a provider that names none has one for each person.</summary>
    public static byte[] KeyOf(string issuer, string subject, string? session) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"{issuer}\0{subject}\0{(session is null ? "" : "=" + session)}"));

    // Nobody can be mailed there (RFC 2606), and nobody else can have it.
    private static string PlaceholderOf(ExternalPerson person) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{person.Issuer.Issuer}\0{person.Subject}")))[..32] + Nowhere;

    /// <summary>The address that the provider has proven, if it can be one here.</summary>
    internal static string? EmailOf(ExternalPerson person) => person.VerifiedEmail is { Length: > 0 } email && new EmailSyntaxAttribute().IsValid(email) ? email : null;

    /// <summary>What somebody is called here: what the provider says, as far as a name can be so.</summary>
    internal static string NameOf(ExternalPerson person, string? email)
    {
        var name = Texts.InOneLine(person.Name ?? "");
        return name.Length > 0 ? Texts.Cut(name, MaxNameLength) : email?.Split('@')[0] ?? $"Somebody from {Texts.Cut(person.Issuer.Name, 60)}";
    }

    private static string? AddressOf(ClientOrigin origin) =>
        origin.Address is { } address ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString().Split('%')[0] : null;
}
