using System.Text.Json;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Jobs;

namespace Renexus.Server.Features.Accounts.External;

/// <summary>An event that was stored, by its id.</summary>
internal sealed record ClerkEvent(string Id);

/// <summary>
/// Has accounts follow what Clerk tells of its people: who is made there has an account here before the first log-in, who is called something else there is
/// called so here, and who is deleted there is logged out here. Of the rest nothing follows. An event may come twice, late or out of order.
/// </summary>
internal sealed class ClerkEvents(
    Database database, ExternalPeople people, SessionEndings sessions, IEnumerable<ProfileReaction> reactions, RenexusOptions options, TimeProvider clock)
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

    private static readonly Query<string> Read = new("accounts.read_clerk_event", "select body from accounts.clerk_event where id = $1 and body is not null");

    private static readonly Command Done = new("accounts.clerk_event_done", "update accounts.clerk_event set body = null where id = $1");

    private static readonly Command Forget = new("accounts.forget_clerk_events", "delete from accounts.clerk_event where received_at < $1");

    private static readonly Query<Heard> Hear = new("accounts.hear_of_external", """
        select user_id, name_before from accounts.hear_of_external($1, $2, $3, $4, $5)
        """);

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
        if (heard.UserId is null)
        {
            // The way in makes the account, by the same rules as for who comes in person.
            await people.SignInAsync(person, cancellationToken);
            await using var noted = await database.BeginAsync(Scope.None, cancellationToken);
            await noted.QueryFirstAsync(Hear, Args(word), cancellationToken);
            await noted.CommitAsync(clock.GetUtcNow());
            return;
        }

        await using var work = await database.BeginAsync(Scope.Of(heard.UserId.Value), cancellationToken);
        if (await work.QueryFirstAsync(Hear, Args(word), cancellationToken) is not { } said)
            return;
        // What somebody chose to be called here stays until Clerk says something else than it did.
        var now = clock.GetUtcNow();
        if (person.Name is { Length: > 0 } name && said.NameBefore is { } before && !string.Equals(name, before, StringComparison.Ordinal))
        {
            await UpdateMe.RenameAsync(
                work, heard.UserId.Value, ExternalPeople.NameOf(person, person.VerifiedEmail), ifMatch: null, now, reactions, cause: null, cancellationToken);
        }
        await work.CommitAsync(now);
    }

    private async Task EndAsync(string subject, long version, CancellationToken cancellationToken)
    {
        var word = new Word(subject, version, Name: null, IsDeleted: true);
        if (await PeekAsync(word, cancellationToken) is not { } heard)
            return;
        await using var work = await database.BeginAsync(heard.UserId is { } known ? Scope.Of(known) : Scope.None, cancellationToken);
        await work.QueryFirstAsync(Hear, Args(word), cancellationToken);
        if (heard.UserId is { } userId)
            await sessions.EndAllAsync(work, userId, SessionEndings.Revoked, actor: null, cancellationToken);
        await work.CommitAsync(clock.GetUtcNow());
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
