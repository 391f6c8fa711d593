using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Accounts;
using Renexus.Server.Gateway;
using Renexus.Server.Tests.Features;
using Renexus.Testing;

namespace Renexus.Server.Tests.Authorization;

/// <summary>A workspace set up so that one operation can be asked for in one relation: the ids that its address and body are filled with.</summary>
internal sealed partial class Stage(AuthorizationServer server)
{
    private static readonly CancellationToken Stop = CancellationToken.None;

    /// <summary>What is known of this workspace, by the names that addresses use.</summary>
    public Dictionary<string, string> Ids { get; } = new(StringComparer.Ordinal);

    public Guid Workspace { get; private set; }

    /// <summary>Sets one up for this operation alone.</summary>
    public static Task<Stage> SetAsync(AuthorizationServer server, Operation operation, Asker asker, Scene scene) =>
        SetAsync(server, StageSetting.Of(operation, asker, scene));

    /// <summary>For a question that changes nothing, one that other such questions have had or will have: setting one up is most of what a cell costs.</summary>
    public static Task<Stage> SetAsync(AuthorizationServer server, Operation operation, Asker asker, Scene scene, bool isChanged) => isChanged
        ? SetAsync(server, operation, asker, scene)
        : server.Shared.GetOrAdd(StageSetting.Of(operation, asker, scene), setting => SetAsync(server, setting));

    private static async Task<Stage> SetAsync(AuthorizationServer server, StageSetting setting)
    {
        var stage = new Stage(server);
        await stage.BuildAsync(setting);
        return stage;
    }

    /// <summary>What has its ids in the query.</summary>
    private static readonly Dictionary<string, string> Queries = new(StringComparer.Ordinal)
    {
        ["/api/search"] = "?workspaceId={workspaceId}&q=plans",
    };

    /// <summary>The address with its ids.</summary>
    public string Fill(string pattern) => Placeholder().Replace(pattern + Queries.GetValueOrDefault(pattern), match =>
        Ids.TryGetValue(match.Groups["name"].Value, out var id) ? id
        : throw new InvalidOperationException($"{pattern}: let Stage make a {{{match.Groups["name"].Value}}} of somebody else's."));

    /// <summary>The same with ids that nothing has.</summary>
    public static string FillAtRandom(string pattern) => Placeholder().Replace(pattern + Queries.GetValueOrDefault(pattern), match =>
        match.Groups["name"].Value is "n" ? "999" : Guid.CreateVersion7().ToString());

    /// <summary>What a signed-in person sends so that nothing but the permission is in the way.</summary>
    public object? BodyOf(Operation operation, Scene scene)
    {
        var role = scene is Scene.OfOwner ? Roles.Owner : Roles.Viewer;
        return operation.Name switch
        {
            "PATCH /api/workspaces/{workspaceId}" => new { name = "Renamed" },
            "POST /api/workspaces/{workspaceId}/transfer" => new { userId = server.Target.Id },
            "POST /api/workspaces/{workspaceId}/members" => new { email = $"new-{Guid.CreateVersion7():n}@example.com", role },
            // An owner is made a viewer; a viewer is made an editor.
            "PATCH /api/workspaces/{workspaceId}/members/{userId}" => new { role = scene is Scene.OfOwner ? Roles.Viewer : Roles.Editor },
            "POST /api/workspaces/{workspaceId}/invitations" => new { email = $"new-{Guid.CreateVersion7():n}@example.com", role },
            "POST /api/workspaces/{workspaceId}/threads" => new { title = "Plans" },
            "PATCH /api/threads/{threadId}" => new { title = "Plans" },
            "POST /api/threads/{threadId}/read" => new { version = 1 },
            "POST /api/threads/{threadId}/messages" => new { body = "hello" },
            "PUT /api/threads/{threadId}/draft" => new { body = "hel" },
            "PATCH /api/messages/{messageId}" => new { body = "changed" },
            "POST /api/messages/{messageId}/reactions" => new { emoji = "🎉" },
            "POST /api/workspaces/{workspaceId}/content" => new { kind = "post", title = "Plans", body = "words" },
            "POST /api/content/{contentId}/comments" => new { document = 0, from = 0, to = 6, body = "hello" },
            "POST /api/workspaces/{workspaceId}/content/import" => new { markdown = "# Plans" },
            "PATCH /api/comments/{commentId}" => new { resolved = true },
            "PATCH /api/content/{contentId}" => new { title = "Other plans" },
            "POST /api/workspaces/{workspaceId}/webhooks" => new { url = "https://93.184.216.34/hook", events = (string[])["thread.created"] },
            "PATCH /api/webhooks/{webhookId}" => new { description = "changed" },
            "POST /api/webhooks/{webhookId}/deliveries/replay" => new { since = TimeProvider.System.GetUtcNow().AddDays(-1) },
            "POST /api/workspaces/{workspaceId}/files" => new { name = "plan.txt", size = 2, type = "text/plain" },
            "PUT /api/files/uploads/{token}" => new { },
            "PATCH /api/me/passkeys/{passkeyId}" => new { name = "Mine" },
            "POST /api/auth/providers/{providerId}/connect" or "POST /api/auth/providers/{providerId}/prove" => new { code = "a", state = "b" },
            _ => null,
        };
    }

    /// <summary>Where the channels of this workspace stand: whatever is committed is announced, so nothing changed if they did not.</summary>
    public Task<long> MovesAsync() =>
        server.ScalarAsync<long>("select coalesce(sum(version), 0)::bigint from engine.channel where workspace_id = $1", Workspace);

    private async Task BuildAsync(StageSetting setting)
    {
        var (about, asker, scene, hasInvitation, hasWebhook, hasExport, content, file) = setting;
        var person = server[asker];
        if (about is About.Oneself or About.Installation or About.Nothing)
        {
            Ids["sessionId"] = (await server.Host.Client.GetAsync("/api/auth/sessions", Stop).ReadAsync<LogInSessions>()).Items[0].Id.ToString();
            Ids["token"] = SecretToken.New().Reveal();
            Ids["providerId"] = "nobodys";
            (Ids["queue"], Ids["jobId"]) = ("email", Guid.CreateVersion7().ToString());
            await AddFactorsAsync();
            return;
        }

        Workspace = await TestServer.CreateWorkspace(server.Host);
        Ids["workspaceId"] = Workspace.ToString();
        await TestServer.AddMember(server.Host, Workspace, server.Target, scene is Scene.OfOwner ? Roles.Owner : Roles.Viewer);
        Ids["userId"] = (scene is Scene.Own ? person : server.Target).Id.ToString();
        var role = Judgement.RoleOf(asker);
        // Whoever is to have made something writes it as an editor, and has the own role after that.
        var isMember = role is not null || asker is Asker.Former;
        if (isMember && asker is not (Asker.Ended or Asker.Anonymous))
            await TestServer.AddMember(server.Host, Workspace, person, role is null || (scene is Scene.Own && role is Roles.Viewer) ? Roles.Editor : role);

        if (about is About.InThread)
            await AddThreadAsync(isMember && asker is not (Asker.Ended or Asker.Anonymous) ? person : null, scene);
        if (hasInvitation)
            await AddInvitationAsync(scene);

        if (hasWebhook)
            await AddWebhookAsync();

        if (hasExport)
            await AddExportAsync();

        if (content is not ContentStage.None)
            await AddContentAsync(content, scene is Scene.Own && isMember && asker is not (Asker.Ended or Asker.Anonymous) ? person : server.Host);

        if (file is not FileStage.None)
            await AddFileAsync(scene is Scene.Own && isMember && asker is not (Asker.Ended or Asker.Anonymous) ? person : server.Host, file);

        if (role is Roles.Viewer && scene is Scene.Own)
            await server.Host.Client.PatchAsJsonAsync($"/api/workspaces/{Workspace}/members/{person.Id}", new { role }, Stop).ShouldBeAsync(HttpStatusCode.OK);
        if (asker is Asker.Former)
            await server.Host.Client.DeleteAsync($"/api/workspaces/{Workspace}/members/{person.Id}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        if (about is About.InDeletedWorkspace)
            await server.Host.Client.DeleteAsync($"/api/workspaces/{Workspace}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);
    }

    /// <summary>A passkey and a key of the host's; a test has no authenticator to make one with.</summary>
    private async Task AddFactorsAsync()
    {
        var passkey = Guid.CreateVersion7();
        await server.ScalarAsync<object>("""
            insert into accounts.passkey (id, user_id, credential_id, public_key, name, sign_count, transports, is_user_verified, is_backup_eligible, is_backed_up, created_at)
            values ($1, $2, $3, '\x00', 'Laptop', 0, '{}', true, false, false, now())
            """, passkey, server.Host.Id, passkey.ToByteArray());
        Ids["passkeyId"] = passkey.ToString();
        var key = Guid.CreateVersion7();
        await server.ScalarAsync<object>("""
            insert into accounts.api_key (id, user_id, name, hash, prefix, scopes, created_at, expires_at)
            values ($1, $2, 'CI', sha256($3), 'rnx_0000', '{read}', now(), now() + interval '1 day')
            """, key, server.Host.Id, key.ToByteArray());
        Ids["keyId"] = key.ToString();
    }

    private async Task AddThreadAsync(TestUser? member, Scene scene)
    {
        var maker = scene is Scene.Own && member is not null ? member : server.Host;
        Guid[] participants = scene switch
        {
            Scene.Private => [server.Target.Id],
            Scene.Shared when member is not null => [member.Id],
            Scene.Shared => [server.Target.Id],
            _ => [],
        };
        var thread = (await maker.Client.PostAsJsonAsync($"/api/workspaces/{Workspace}/threads", new { title = "Secret plans", participants }, Stop)
            .ReadAsync<ThreadInfo>(HttpStatusCode.Created)).Id;
        Ids["threadId"] = thread.ToString();
        Ids["messageId"] = (await maker.Client.PostAsJsonAsync($"/api/threads/{thread}/messages", new { body = "secret words" }, Stop)
            .ReadAsync<Message>(HttpStatusCode.Created)).Id.ToString();
        Ids["emoji"] = Uri.EscapeDataString("👍");
        Ids["reactionId"] = (await maker.Client.PostAsJsonAsync($"/api/messages/{Ids["messageId"]}/reactions", new { emoji = "👍" }, Stop)
            .ReadAsync<Reaction>()).Id.ToString();
    }

    /// <summary>An endpoint with a delivery that was given up; nobody is called, since tests call this machine alone.</summary>
    private async Task AddWebhookAsync()
    {
        var webhook = (await server.Host.Client
            .PostAsJsonAsync($"/api/workspaces/{Workspace}/webhooks", new { url = "https://93.184.216.34/hook", events = (string[])["thread.created"] }, Stop)
            .ReadAsync<NewWebhook>(HttpStatusCode.Created)).Id;
        Ids["webhookId"] = webhook.ToString();
        var (thing, delivery) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await server.ScalarAsync<object>("""
            insert into webhooks.event (id, workspace_id, type, resource_id, body, occurred_at, created_at) values ($1, $2, 'thread.created', $1, '{"type":"thread.created"}', now(), now())
            """, thing, Workspace);
        await server.ScalarAsync<object>("""
            insert into webhooks.delivery (id, endpoint_id, event_id, workspace_id, state, attempts, tries, last_status, created_at, settled_at)
            values ($1, $2, $3, $4, 2, 8, 8, 500, now(), now())
            """, delivery, webhook, thing, Workspace);
        await server.ScalarAsync<object>("""
            insert into webhooks.attempt (id, delivery_id, workspace_id, number, at, duration_ms, status, response) values ($1, $1, $2, 8, now(), 12, 500, 'no')
            """, delivery, Workspace);
        Ids["deliveryId"] = delivery.ToString();
    }

    /// <summary>An item of the host's that has a history.</summary>
    private async Task AddContentAsync(ContentStage state, TestUser commenter)
    {
        var content = (await server.Host.Client
            .PostAsJsonAsync($"/api/workspaces/{Workspace}/content", new { kind = "post", title = "Secret plans", body = "secret words" }, Stop)
            .ReadAsync<ContentItem>(HttpStatusCode.Created)).Id;
        (Ids["contentId"], Ids["n"]) = (content.ToString(), "1");
        await server.Host.Client.PatchAsJsonAsync($"/api/content/{content}", new { title = "Secret changed plans" }, Stop).ShouldBeAsync(HttpStatusCode.OK);
        if (state is ContentStage.Commented)
        {
            Ids["commentId"] = (await commenter.Client.PostAsJsonAsync($"/api/content/{content}/comments", new { document = 0, from = 0, to = 6, body = "secret remark" }, Stop)
                .ReadAsync<ContentComment>(HttpStatusCode.Created)).Id.ToString();
        }
        if (state is ContentStage.InTrash)
            await server.Host.Client.DeleteAsync($"/api/content/{content}", Stop).ShouldBeAsync(HttpStatusCode.NoContent);
    }

    /// <summary>An archive of one byte, and a link to it.</summary>
    private async Task AddExportAsync()
    {
        var (export, token) = (Guid.CreateVersion7(), SecretToken.New());
        await server.ScalarAsync<object>("""
            with export as (
              insert into exports.export (id, workspace_id, job_id, requested_by, created_at, run, bytes, counts, ready_at, expires_at)
              values ($1, $2, $1, $3, now(), $1, 1, '{"threads": 1}', now(), now() + interval '1 day') returning id
            ), piece as (
              insert into exports.piece (export_id, workspace_id, run, number, data) values ($1, $2, $1, 0, '\x00')
            )
            insert into exports.link (hash, export_id, workspace_id, user_id, expires_at) select $4, id, $2, $3, now() + interval '1 hour' from export
            """, export, Workspace, server.Host.Id, token.Hash());
        Ids["exportId"] = export.ToString();
        Ids["token"] = token.Reveal();
    }

    /// <summary>A file of two bytes, with the address that sends or reads them.</summary>
    private async Task AddFileAsync(TestUser owner, FileStage stage)
    {
        var file = await owner.Client.PostAsJsonAsync($"/api/workspaces/{Workspace}/files", new { name = "plan.txt", size = 2, type = "text/plain" }, Stop)
            .ReadAsync<StoredFile>(HttpStatusCode.Created);
        var address = file.Upload!.Url;
        if (stage is not FileStage.Pending)
            await owner.Client.PutAsync(address, new ByteArrayContent("{}"u8.ToArray()), Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        if (stage is FileStage.Ready)
            address = (await owner.Client.PostAsync($"/api/files/{file.Id}/complete", null, Stop).ReadAsync<StoredFile>()).Url!;
        (Ids["fileId"], Ids["token"]) = (file.Id.ToString(), address[(address.LastIndexOf('/') + 1)..]);
    }

    private async Task AddInvitationAsync(Scene scene)
    {
        var role = scene is Scene.OfOwner ? Roles.Owner : Roles.Viewer;
        var invitation = await server.Host.Client
            .PostAsJsonAsync($"/api/workspaces/{Workspace}/invitations", new { email = $"guest-{Workspace:n}@example.com", role }, Stop)
            .ReadAsync<Invitation>(HttpStatusCode.Created);
        Ids["invitationId"] = invitation.Id.ToString();
        // Its link is made when its mail is sent; after that, this is another one that the same door takes.
        await server.MailsAreSentAsync(invitation.Id.ToString());
        var token = SecretToken.New();
        await server.ScalarAsync<object>("update workspaces.invitation set token_hash = $2 where id = $1", invitation.Id, token.Hash());
        Ids["token"] = token.Reveal();
    }

    [GeneratedRegex(@"\{(?<name>\w+)\}", RegexOptions.NonBacktracking)]
    private static partial Regex Placeholder();
}

/// <summary>What a stage is set up by.</summary>
internal readonly record struct StageSetting(
    About About, Asker Asker, Scene Scene, bool HasInvitation, bool HasWebhook, bool HasExport, ContentStage Content, FileStage File)
{
    public static StageSetting Of(Operation operation, Asker asker, Scene scene) => new(
        operation.About, asker, scene,
        operation.Name.Contains("{invitationId}", StringComparison.Ordinal) || operation.Name.Contains("/invitations/{token}", StringComparison.Ordinal),
        operation.Name.Contains("{webhookId}", StringComparison.Ordinal),
        operation.Name.Contains("/exports/", StringComparison.Ordinal),
        operation.Name is "POST /api/content/{contentId}/restore" ? ContentStage.InTrash
        : operation.Name.Contains("{commentId}", StringComparison.Ordinal) ? ContentStage.Commented
        : operation.Name.Contains("{contentId}", StringComparison.Ordinal) || operation.Name.EndsWith(" content", StringComparison.Ordinal) ? ContentStage.There
        : ContentStage.None,
        operation.Name switch
        {
            // Of an upload under way nobody else knows.
            "POST /api/files/{fileId}/complete" => scene is Scene.Own ? FileStage.Sent : FileStage.Ready,
            "PUT /api/files/uploads/{token}" => FileStage.Pending,
            var name => name.Contains(" /api/files/", StringComparison.Ordinal) ? FileStage.Ready : FileStage.None,
        });
}

/// <summary>Whether there is an item, and where.</summary>
internal enum ContentStage
{
    None,
    There,
    InTrash,
    Commented,
}

/// <summary>How far the upload of the stage's file is.</summary>
internal enum FileStage
{
    None,
    Pending,
    Sent,
    Ready,
}
