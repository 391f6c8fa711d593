using System.Text.Json;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Jobs;
using Renexus.Server.Gateway.Mail;

namespace Renexus.Server.Features.Accounts.External;

/// <summary>An event that was stored, by its id.</summary>
internal sealed record ClerkEvent(string Id);

/// <summary>
/// Has accounts follow what Clerk tells of its people: who is made there has an account here before the first log-in, who is called something else there or has
/// another address is called so here and has it, and who is deleted there is logged out here, as is what ended there. Organizations and who belongs to them are
/// told to those who follow them. Of the rest nothing follows. An event may come twice, late or out of order.
/// </summary>
internal sealed class ClerkEvents(
    Database database, ExternalPeople people, SessionEndings sessions, IEnumerable<ProfileReaction> reactions, IEnumerable<OrganizationFollower> followers, MailOutbox outbox,
    RenexusOptions options, TimeProvider clock)
{
    public static readonly JobKind<ClerkEvent> Kind = new("accounts.clerk_event", Queues.Webhooks);

    public static readonly JobKind<NoPayload> ForgetKind = new("accounts.forget_clerk_events", Queues.Maintenance);

    public static readonly JobSchedule Nightly = new("accounts.forget_clerk_events", "37 3 * * *", ForgetKind, new NoPayload());

    /// <summary>How long what comes again is known; Clerk tries for a little more than a day.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private readonly ExternalIssuer? clerk = ExternalIssuer.All(options).FirstOrDefault(issuer => issuer.IsClerk);

    private ExternalIssuer Clerk => clerk ?? throw new JobFailedException("Renexus:Clerk:Issuer is not set: nobody can tell whose people these are. Set it and retry the job.");

    /// <param name="Version">Milliseconds, by Clerk's clock.</param>
    private sealed record Word(string Subject, long Version, string? Name, bool IsDeleted);

    private sealed record Heard(Guid? UserId, string? NameBefore);

    private sealed record Moved(string Before);

    private sealed record Open(Guid UserId, Guid SessionId);

    private static readonly Query<string> Read = new("accounts.read_clerk_event", "select body from accounts.clerk_event where id = $1 and body is not null");

    private static readonly Command Done = new("accounts.clerk_event_done", "update accounts.clerk_event set body = null where id = $1");

    private static readonly Command Forget = new("accounts.forget_clerk_events", "delete from accounts.clerk_event where received_at < $1");

    private static readonly Query<Heard> Hear = new("accounts.hear_of_external", """
        select user_id, name_before from accounts.hear_of_external($1, $2, $3, $4, $5)
        """);

    private static readonly Query<Moved> FollowEmail = new("accounts.follow_external_email", "select before from accounts.follow_external_email($1, $2, $3, $4, $5)");

    private static readonly Query<Guid?> UserOf = new("accounts.user_of_external", "select user_id from accounts.user_of_external($1, $2) u (user_id) where user_id is not null");

    private static readonly Query<Open> EndExternal = new("accounts.end_external_session", "select user_id, session_id from accounts.end_external_session($1, $2)");

    public async Task RunAsync(ClerkEvent stored, JobContext job, CancellationToken cancellationToken)
    {
        if (await database.QueryFirstAsync(Scope.None, Read, [stored.Id], cancellationToken) is not { } body)
            return;
        var told = JsonElement.Parse(body);
        var data = told.GetProperty("data");
        switch (told.GetProperty("type").GetString())
        {
            case "user.created" or "user.updated":
                await FollowAsync(data, cancellationToken);
                break;
            case "user.deleted":
                await EndAsync(data.GetProperty("id").GetString()!, told.GetProperty("timestamp").GetInt64(), cancellationToken);
                break;
            case "session.ended" or "session.removed" or "session.revoked":
                await EndSessionAsync(data, cancellationToken);
                break;
            case "organization.created" or "organization.updated":
                await TellAsync(OrganizationOf(data), cancellationToken);
                break;
            case "organization.deleted":
                await TellAsync(new ExternalOrganization(Clerk.Issuer, data.GetProperty("id").GetString()!, told.GetProperty("timestamp").GetInt64(), "", IsDeleted: true), cancellationToken);
                break;
            case "organizationMembership.created" or "organizationMembership.updated":
                // It says what it belongs to, also when that has not been told by itself yet.
                await TellAsync(OrganizationOf(data.GetProperty("organization")), cancellationToken);
                await TellAsync(MembershipOf(data, data.GetProperty("updated_at").GetInt64(), isDeleted: false), cancellationToken);
                break;
            case "organizationMembership.deleted":
                await TellAsync(MembershipOf(data, told.GetProperty("timestamp").GetInt64(), isDeleted: true), cancellationToken);
                break;
        }
        await database.ExecuteAsync(Scope.None, Done, [stored.Id], cancellationToken);
    }

    public async Task ForgetAsync(NoPayload _, JobContext job, CancellationToken cancellationToken) =>
        job.SetResult(new { removed = await database.ExecuteAsync(Scope.None, Forget, [clock.GetUtcNow() - Kept], cancellationToken) });

    /// <summary>Each step can be repeated: a job that ended in between is begun anew.</summary>
    private async Task FollowAsync(JsonElement data, CancellationToken cancellationToken)
    {
        var person = PersonOf(Clerk, data);
        var word = new Word(person.Subject, data.GetProperty("updated_at").GetInt64(), person.Name, IsDeleted: false);
        if (await PeekAsync(word, cancellationToken) is not { } heard)
            return;
        // The way in makes the account, by the same rules as for who comes in person.
        var userId = heard.UserId ?? (await people.SignInAsync(person, cancellationToken)).UserId;
        await using (var work = await database.BeginAsync(userId is { } known ? Scope.Of(known) : Scope.None, cancellationToken))
        {
            if (await work.QueryFirstAsync(Hear, Args(word), cancellationToken) is { } said && userId is { } account)
                await ChangeAsync(work, account, person, said.NameBefore, cancellationToken);
            await work.CommitAsync(clock.GetUtcNow());
        }
        await TellAsync(new ExternalAccount(Clerk.Issuer, person.Subject, userId, IsDeleted: false), cancellationToken);
    }

    private async Task ChangeAsync(Work work, Guid userId, ExternalPerson person, string? nameBefore, CancellationToken cancellationToken)
    {
        // What somebody chose to be called here stays until Clerk says something else than it did.
        var isRenamed = person.Name is { Length: > 0 } name && nameBefore is not null && !string.Equals(name, nameBefore, StringComparison.Ordinal);
        var now = clock.GetUtcNow();
        var email = ExternalPeople.EmailOf(person);
        var moved = email is null ? null : await work.QueryFirstAsync(FollowEmail, [Clerk.Issuer, person.Subject, email, EmailAddress.Key(email), now], cancellationToken);
        if (moved is not null)
        {
            // A link that lies in the old mailbox opens nothing any more.
            await Links.VoidAllAsync(work, userId, cancellationToken);
            if (!moved.Before.EndsWith(ExternalPeople.Nowhere, StringComparison.Ordinal))
                await outbox.PutAsync(work, AccountMails.EmailChanged, new { userId, before = moved.Before }, cancellationToken);
            work.RecordPersonal(AuditActions.EmailVerified, userId, userId, new { email = Auditing.Mask(moved.Before) }, new { email = Auditing.Mask(email!) });
        }
        if (isRenamed || moved is not null)
        {
            await UpdateMe.RenameAsync(
                work, userId, isRenamed ? ExternalPeople.NameOf(person, email) : null, ifMatch: null, now, reactions, cause: null, cancellationToken);
        }
    }

    private async Task EndAsync(string subject, long version, CancellationToken cancellationToken)
    {
        var word = new Word(subject, version, Name: null, IsDeleted: true);
        if (await PeekAsync(word, cancellationToken) is { } heard)
        {
            await using var work = await database.BeginAsync(heard.UserId is { } known ? Scope.Of(known) : Scope.None, cancellationToken);
            await work.QueryFirstAsync(Hear, Args(word), cancellationToken);
            if (heard.UserId is { } userId)
                await sessions.EndAllAsync(work, userId, SessionEndings.Revoked, actor: null, cancellationToken);
            await work.CommitAsync(clock.GetUtcNow());
        }
        await TellAsync(new ExternalAccount(Clerk.Issuer, subject, UserId: null, IsDeleted: true), cancellationToken);
    }

    /// <summary>Also of one that has never been seen here: its tokens may still be good at Clerk for a minute.</summary>
    private async Task EndSessionAsync(JsonElement data, CancellationToken cancellationToken)
    {
        var key = ExternalPeople.KeyOf(Clerk.Issuer, data.GetProperty("user_id").GetString()!, data.GetProperty("id").GetString());
        var open = await database.QueryFirstAsync(Scope.None, EndExternal, [key, clock.GetUtcNow()], cancellationToken);
        if (open is not null)
            await sessions.EndAsync(open.UserId, open.SessionId, SessionEndings.Revoked, actor: null, cancellationToken);
    }

    private async Task TellAsync(ExternalAccount account, CancellationToken cancellationToken)
    {
        foreach (var follower in followers)
            await follower.PersonAsync(account, cancellationToken);
    }

    private async Task TellAsync(ExternalOrganization organization, CancellationToken cancellationToken)
    {
        foreach (var follower in followers)
            await follower.OrganizationAsync(organization, cancellationToken);
    }

    private async Task TellAsync(ExternalMembership membership, CancellationToken cancellationToken)
    {
        // Whoever is not here yet is waited for.
        if (membership.Subject is { } subject && await database.QueryFirstAsync(Scope.None, UserOf, [Clerk.Issuer, subject], cancellationToken) is { } userId)
            await TellAsync(new ExternalAccount(Clerk.Issuer, subject, userId, IsDeleted: false), cancellationToken);
        foreach (var follower in followers)
            await follower.MembershipAsync(membership, cancellationToken);
    }

    private ExternalOrganization OrganizationOf(JsonElement data) =>
        new(Clerk.Issuer, data.GetProperty("id").GetString()!, data.GetProperty("updated_at").GetInt64(), data.GetProperty("name").GetString()!, IsDeleted: false);

    private ExternalMembership MembershipOf(JsonElement data, long version, bool isDeleted)
    {
        static string? In(JsonElement data, string part, string name) =>
            data.TryGetProperty(part, out var found) && found.ValueKind is JsonValueKind.Object && found.TryGetProperty(name, out var text) ? text.GetString() : null;
        return new ExternalMembership(
            Clerk.Issuer, data.GetProperty("id").GetString()!, In(data, "organization", "id"), In(data, "public_user_data", "user_id"), version,
            data.TryGetProperty("role", out var role) ? role.GetString() : null, isDeleted);
    }

    /// <summary>Whose account it is about; null when the word is late. Nothing is noted yet: that goes with what follows from it.</summary>
    private async Task<Heard?> PeekAsync(Word word, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(Scope.None, cancellationToken);
        return await work.QueryFirstAsync(Hear, Args(word), cancellationToken);
    }

    private Arg[] Args(Word word) => [Clerk.Issuer, word.Subject, word.Version, word.Name, word.IsDeleted];

    private static ExternalPerson PersonOf(ExternalIssuer clerk, JsonElement data)
    {
        string? Text(string name) => data.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
        var name = string.Join(' ', ((string?[])[Text("first_name"), Text("last_name")]).Where(part => !string.IsNullOrWhiteSpace(part)));
        return new ExternalPerson(
            clerk, data.GetProperty("id").GetString()!, Session: null, IssuedAt: null, ProvenAt: null, VerifiedEmailIn(data, Text("primary_email_address_id")),
            name.Length > 0 ? name : Text("username"));
    }

    /// <summary>The primary address, if Clerk has seen it answer.</summary>
    private static string? VerifiedEmailIn(JsonElement data, string? primary)
    {
        if (primary is null || !data.TryGetProperty("email_addresses", out var addresses) || addresses.ValueKind is not JsonValueKind.Array)
            return null;
        foreach (var address in addresses.EnumerateArray())
        {
            if (address.TryGetProperty("id", out var id) && id.ValueEquals(primary)
                && address.TryGetProperty("verification", out var verification) && verification.ValueKind is JsonValueKind.Object
                && verification.TryGetProperty("status", out var status) && status.ValueEquals("verified"))
                return address.GetProperty("email_address").GetString();
        }
        return null;
    }
}
