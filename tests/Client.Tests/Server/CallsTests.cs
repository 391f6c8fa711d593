using Renexus.Contracts;
using Renexus.Testing;

namespace Renexus.Client.Tests.Server;

/// <summary>Every call of the client against the server itself: paths, bodies and answers fit together.</summary>
[Trait("spec", "SB-2")]
public sealed class CallsTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_log_in_lives_and_ends()
    {
        using var client = new RenexusClient(server.Address);
        var email = NewEmail();
        var ada = await client.Accounts.RegisterAsync(email, TestUser.Password, "Ada", Cancel);
        await client.Accounts.LogInAsync(email, TestUser.Password, cancellationToken: Cancel);
        Assert.Equal(ada.Id, (await client.Accounts.GetMeAsync(Cancel)).Id);

        await client.Accounts.RefreshAsync(Cancel);
        Assert.Equal("Ada L.", (await client.Accounts.UpdateMeAsync(new UpdateMeRequest { Name = "Ada L." }, Cancel)).Name);

        var sessions = await client.Accounts.GetSessionsAsync(Cancel);
        Assert.Equal(2, sessions.Count);
        await client.Accounts.EndSessionAsync(sessions.Single(session => session.Current != true).Id, Cancel);
        Assert.Single(await client.Accounts.GetSessionsAsync(Cancel));

        using var later = new RenexusClient(server.Address);
        await later.Accounts.ResumeAsync(client.RefreshToken!, Cancel);
        await later.Accounts.LogOutAsync(Cancel);
        Assert.Null(later.RefreshToken);
        var ended = await Assert.ThrowsAsync<ProblemException>(() => client.Accounts.GetMeAsync(Cancel));
        Assert.Equal(ProblemCodes.Unauthenticated, ended.Code);
    }

    [Fact]
    public async Task A_wrong_password_is_a_problem()
    {
        using var client = new RenexusClient(server.Address);

        var problem = await Assert.ThrowsAsync<ProblemException>(
            () => client.Accounts.LogInAsync(NewEmail(), TestUser.Password, cancellationToken: Cancel));

        Assert.Equal((ProblemCodes.Unauthenticated, (int?)401), (problem.Code, problem.Status));
        Assert.NotNull(problem.TraceId);
    }

    [Fact]
    public async Task Preferences_are_a_json_object()
    {
        using var client = await SignedInAsync("ada");

        await client.Accounts.PutPreferencesAsync(System.Text.Json.JsonElement.Parse("""{"theme":"dark"}"""), Cancel);

        Assert.Equal("dark", (await client.Accounts.GetPreferencesAsync(Cancel)).GetProperty("theme").GetString());
    }

    [Fact]
    public async Task An_item_is_written_reviewed_commented_and_brought_back()
    {
        using var client = await SignedInAsync("ada");
        var workspace = await client.Workspaces.CreateAsync("Ours", cancellationToken: Cancel);
        var me = await client.Accounts.GetMeAsync(Cancel);
        var item = await client.Content.CreateAsync(workspace.Id, new CreateContentRequest { Kind = ContentKinds.Post, Title = "Launch", Body = "one two", AssigneeId = me.Id }, Cancel);

        var changed = await client.Content.PatchAsync(
            item.Id, new PatchContentRequest { Body = "one 2", Status = ContentStatuses.InReview, AssigneeId = (Guid?)null, PlannedAt = DateTimeOffset.UnixEpoch }, item.Version, Cancel);
        await Assert.ThrowsAsync<ProblemException>(() => client.Content.ApproveAsync(item, Cancel));
        var approved = await client.Content.ApproveAsync(changed, Cancel);
        using var archive = new MemoryStream();
        await client.Content.ExportAsync(item.Id, archive, withMedia: true, Cancel);
        var comment = await client.Content.CommentAsync(item.Id, new CreateCommentRequest { Document = 1, From = 4, To = 5, Body = "Two." }, Cancel);
        var resolved = await client.Content.ResolveCommentAsync(comment.Id, isResolved: true, Cancel);

        Assert.Equal((null, DateTimeOffset.UnixEpoch, "one 2"), (changed.AssigneeId, changed.PlannedAt, changed.Body));
        Assert.Equal((ContentStatuses.Approved, me.Id), (approved.Status, approved.Approval!.By));
        Assert.Equal(("2", true), (comment.Quote, resolved.Resolved));
        Assert.Equal([comment.Id], (await client.Content.ListCommentsAsync(item.Id, cancellationToken: Cancel)).Items.Select(one => one.Id));
        Assert.Equal([3, 2, 1], (await client.Content.ListRevisionsAsync(item.Id, cancellationToken: Cancel)).Items.Select(step => step.N));
        Assert.Equal("one two", (await client.Content.GetRevisionAsync(item.Id, 1, Cancel)).Body);
        Assert.Equal("one two", (await client.Content.RestoreRevisionAsync(item.Id, 1, Cancel)).Body);
        await client.Content.DeleteCommentAsync(comment.Id, Cancel);

        await client.Content.DeleteAsync(item.Id, Cancel);
        Assert.Empty((await client.Content.ListAsync(workspace.Id, cancellationToken: Cancel)).Items);
        Assert.Single((await client.Content.ListAsync(workspace.Id, inTrash: true, cancellationToken: Cancel)).Items);
        Assert.Equal("Launch", (await client.Content.RestoreAsync(item.Id, Cancel)).Title);
        Assert.Equal("Launch", (await client.Content.GetAsync(item.Id, Cancel)).Title);
        await client.Content.DeleteAsync(item.Id, Cancel);
        await client.Content.RemoveAsync(item.Id, Cancel);
        Assert.Empty(await client.Content.ListAllAsync(workspace.Id, Cancel).ToListAsync(Cancel));

        archive.Position = 0;
        var imported = await client.Content.ImportArchiveAsync(workspace.Id, archive, cancellationToken: Cancel);
        Assert.Equal(("Launch", "one 2"), (imported.Title, imported.Body));
        Assert.Equal("two", (await client.Content.ImportAsync(workspace.Id, new ImportContentRequest { Markdown = "two" }, Cancel)).Body);
    }

    [Fact]
    public async Task A_workspace_has_members_with_roles()
    {
        using var ada = await SignedInAsync("ada");
        using var bob = await SignedInAsync("bob");
        var workspace = await ada.Workspaces.CreateAsync("Newsroom", cancellationToken: Cancel);
        var renamed = await ada.Workspaces.PatchAsync(workspace.Id, new PatchWorkspaceRequest { Name = "Desk" }, workspace.Version, Cancel);
        Assert.Equal("Desk", (await ada.Workspaces.GetAsync(workspace.Id, Cancel)).Name);
        var stale = await Assert.ThrowsAsync<ProblemException>(
            () => ada.Workspaces.PatchAsync(workspace.Id, new PatchWorkspaceRequest { Name = "x" }, renamed.Version - 1, Cancel));
        Assert.Equal(ProblemCodes.PreconditionFailed, stale.Code);

        var person = await bob.Accounts.GetMeAsync(Cancel);
        var member = await ada.Workspaces.AddMemberAsync(workspace.Id, person.Email, Roles.Viewer, Cancel);
        Assert.Equal(person.Id, member!.UserId);
        Assert.Equal(Roles.Editor, (await ada.Workspaces.ChangeMemberAsync(workspace.Id, person.Id, Roles.Editor, Cancel)).Role);
        Assert.Null(await ada.Workspaces.AddMemberAsync(workspace.Id, NewEmail(), Roles.Viewer, Cancel));
        Assert.Equal(2, await ada.Workspaces.ListMembersAsync(workspace.Id, Cancel).CountAsync(Cancel));
        Assert.Equal(workspace.Id, (await bob.Workspaces.ListAllAsync(Cancel).SingleAsync(Cancel)).Id);

        await ada.Workspaces.RemoveMemberAsync(workspace.Id, person.Id, Cancel);
        Assert.Empty((await bob.Workspaces.ListAsync(cancellationToken: Cancel)).Items);
        await ada.Workspaces.DeleteAsync(workspace.Id, Cancel);
        Assert.Empty((await ada.Workspaces.ListAsync(cancellationToken: Cancel)).Items);
    }

    [Fact]
    public async Task A_person_is_told_reads_it_and_chooses()
    {
        using var ada = await SignedInAsync("ada");
        using var bob = await SignedInAsync("bob");
        var workspace = await ada.Workspaces.CreateAsync("Newsroom", cancellationToken: Cancel);
        await ada.Workspaces.AddMemberAsync(workspace.Id, (await bob.Accounts.GetMeAsync(Cancel)).Email, Roles.Viewer, Cancel);

        var told = await bob.Notifications.ListAsync(unreadOnly: true, cancellationToken: Cancel);
        Assert.Equal(("workspace.added", 1), (Assert.Single(told.Items).Kind, told.Unread));
        await bob.Notifications.MarkReadAsync([told.Items[0].Id], Cancel);
        await bob.Notifications.MarkReadUpToAsync(told.Items[0].Id, Cancel);
        await bob.Notifications.MarkAllReadAsync(Cancel);
        Assert.Equal(0, (await bob.Notifications.ListAsync(cancellationToken: Cancel)).Unread);

        var settings = await bob.Notifications.GetSettingsAsync(Cancel);
        var change = new UpdateNotificationSettingsRequest { Kinds = [new ChooseNotification { Kind = "reply", Email = "off" }] };
        Assert.Equal("off", (await bob.Notifications.ChangeSettingsAsync(change, settings.Version, Cancel)).Kinds.Single(kind => kind.Kind == "reply").Email);
    }

    [Fact]
    [Trait("spec", "WH-3")]
    public async Task A_workspace_becomes_a_file()
    {
        using var ada = await SignedInAsync("ada");
        var workspace = await ada.Workspaces.CreateAsync("Newsroom", cancellationToken: Cancel);
        var started = await ada.Workspaces.StartExportAsync(workspace.Id, Cancel);
        Assert.Equal((workspace.Id, "waiting"), (started.WorkspaceId, started.State));
        await Eventually.TrueAsync("it is ready", TimeSpan.FromSeconds(60), async () => (await ada.Workspaces.ListExportsAsync(workspace.Id, Cancel).SingleAsync(Cancel)).State is "ready");

        var link = await ada.Workspaces.GetExportLinkAsync(workspace.Id, started.Id, Cancel);
        using var anybody = new HttpClient { BaseAddress = server.Address };
        Assert.Equal("PK"u8.ToArray(), (await anybody.GetByteArrayAsync(link.Url, Cancel))[..2]);

        await ada.Workspaces.RemoveExportAsync(workspace.Id, started.Id, Cancel);
        Assert.Equal(0, await ada.Workspaces.ListExportsAsync(workspace.Id, Cancel).CountAsync(Cancel));
    }

    [Fact]
    public async Task A_thread_holds_messages()
    {
        using var ada = await SignedInAsync("ada");
        var workspace = await ada.Workspaces.CreateAsync("Newsroom", cancellationToken: Cancel);
        var thread = await ada.Threads.CreateAsync(workspace.Id, "Launch", cancellationToken: Cancel);
        Assert.Equal(thread.Id, (await ada.Threads.CreateAsync(workspace.Id, "Launch", id: thread.Id, cancellationToken: Cancel)).Id);

        var first = await ada.Messages.PostAsync(thread.Id, new PostMessageRequest { Body = "one" }, Cancel);
        var second = await ada.Messages.PostAsync(thread.Id, new PostMessageRequest { Body = "two", ReplyTo = first.Id }, Cancel);
        Assert.Equal(first.Version + 1, second.Version);
        Assert.Equal("uno", (await ada.Messages.EditAsync(first.Id, "uno", Cancel)).Body);
        Assert.Equal(["uno", "two"], (await ada.Messages.ListAsync(thread.Id, cancellationToken: Cancel)).Items.Select(message => message.Body));
        Assert.Equal("uno", Assert.Single((await ada.Messages.ListAsync(thread.Id, before: second.Version, cancellationToken: Cancel)).Items).Body);
        await ada.Messages.DeleteAsync(first.Id, Cancel);
        await ada.Threads.MarkReadAsync(thread.Id, second.Version, Cancel);

        var archived = await ada.Threads.PatchAsync(thread.Id, new PatchThreadRequest { Archived = true }, cancellationToken: Cancel);
        Assert.True(archived.Archived);
        Assert.Equal(thread.Id, (await ada.Threads.ListAllAsync(workspace.Id, Cancel).SingleAsync(Cancel)).Id);
        await ada.Threads.DeleteAsync(thread.Id, Cancel);
        var gone = await Assert.ThrowsAsync<ProblemException>(() => ada.Threads.GetAsync(thread.Id, Cancel));
        Assert.Equal(ProblemCodes.NotFound, gone.Code);
    }

    [Fact]
    [Trait("spec", "TH-3")]
    public async Task People_react_mention_find_and_mark_unread()
    {
        using var ada = await SignedInAsync("ada");
        using var bob = await SignedInAsync("bob");
        var workspace = await ada.Workspaces.CreateAsync("Newsroom", cancellationToken: Cancel);
        var person = await bob.Accounts.GetMeAsync(Cancel);
        await ada.Workspaces.AddMemberAsync(workspace.Id, person.Email, Roles.Editor, Cancel);
        var thread = await ada.Threads.CreateAsync(workspace.Id, "Launch", cancellationToken: Cancel);
        var message = await ada.Messages.PostAsync(
            thread.Id, new PostMessageRequest { Body = $"Ready for the launch, {MentionSyntax.Of(person.Id, person.Name)}?" }, Cancel);

        var reaction = await bob.Messages.ReactAsync(message.Id, "🚀", Cancel);
        Assert.Equal((message.Id, "🚀", person.Id), (reaction.MessageId, reaction.Emoji, reaction.UserId));
        Assert.Equal([person.Id], (await ada.Messages.GetAsync(message.Id, Cancel)).Reactions.Single().UserIds);
        await bob.Messages.RemoveReactionAsync(message.Id, "🚀", Cancel);
        Assert.Empty((await ada.Messages.GetAsync(message.Id, Cancel)).Reactions);

        Assert.Equal(message.Id, Assert.Single((await bob.Messages.ListMentionsAsync(workspace.Id, unread: true, cancellationToken: Cancel)).Items).Message.Id);
        await bob.Threads.MarkReadAsync(thread.Id, message.Version, Cancel);
        Assert.Empty((await bob.Messages.ListMentionsAsync(workspace.Id, unread: true, cancellationToken: Cancel)).Items);
        await bob.Threads.MarkUnreadAfterAsync(thread.Id, message.Version - 1, Cancel);
        Assert.Equal(1, (await bob.Threads.GetAsync(thread.Id, Cancel)).Mentions);

        SearchHit? hit = null;
        await Eventually.TrueAsync("the search index has followed", TimeSpan.FromSeconds(60), async () =>
            (hit = (await bob.Messages.SearchAsync(workspace.Id, "laun", cancellationToken: Cancel)).Items.SingleOrDefault()) is not null);
        Assert.NotNull(hit);
        Assert.Equal("launch", hit.Excerpt.Substring(hit.Highlights[0].Start, hit.Highlights[0].Length));
        Assert.Equal(2, (await ada.Workspaces.GetPresenceAsync(workspace.Id, Cancel)).Count);
    }

    [Fact]
    [Trait("spec", "FI-1")]
    public async Task A_file_goes_up_in_parts_over_a_way_that_breaks_and_nothing_is_sent_twice()
    {
        using var way = new BreakingWay { InnerHandler = new SocketsHttpHandler() };
        using var http = new HttpClient(way) { BaseAddress = server.Address };
        using var ada = new RenexusClient(http);
        await ada.Accounts.RegisterAsync(NewEmail(), TestUser.Password, "ada", Cancel);
        var workspace = await ada.Workspaces.CreateAsync("Newsroom", cancellationToken: Cancel);
        var bytes = new byte[(20 * 1024 * 1024) + 3];
        new Random(7).NextBytes(bytes);
        var told = new List<UploadProgress>();
        var id = Guid.CreateVersion7();
        var options = new UploadOptions
        {
            Id = id,
            Sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)),
            FirstDelay = TimeSpan.FromMilliseconds(10),
            Progress = new Telling(told),
        };

        way.Breaks = 2;
        var file = await ada.Files.UploadAsync(workspace.Id, new MemoryStream(bytes), "film.bin", options: options, cancellationToken: Cancel);
        var again = await ada.Files.UploadAsync(workspace.Id, new MemoryStream(bytes), "film.bin", options: options, cancellationToken: Cancel);

        Assert.Equal((id, "ready", bytes.Length), (file.Id, file.Status, file.Size));
        Assert.Equal(options.Sha256, file.Sha256);
        Assert.Equal(id, again.Id);
        Assert.Equal(new UploadProgress(bytes.Length, bytes.Length), told[^1]);
        Assert.Equal(way.Arrived.Distinct(StringComparer.Ordinal).Count(), way.Arrived.Count);
        Assert.Equal(0, way.Breaks);
        Assert.Equal(id, Assert.Single((await ada.Files.ListAsync(workspace.Id, cancellationToken: Cancel)).Items).Id);
        using var anybody = new HttpClient();
        Assert.Equal(bytes, await anybody.GetByteArrayAsync((await ada.Files.GetAsync(id, Cancel)).Url, Cancel));
        await ada.Files.DeleteAsync(id, Cancel);

        way.Breaks = 100;
        var failed = await Assert.ThrowsAsync<HttpRequestException>(() => ada.Files.UploadAsync(
            workspace.Id, new MemoryStream([1, 2, 3]), "note.bin", options: new UploadOptions { Attempts = 3, FirstDelay = TimeSpan.FromMilliseconds(1) }, cancellationToken: Cancel));
        Assert.Equal(("The way broke.", 97), (failed.Message, way.Breaks));
        way.Breaks = 0;
        var refused = await Assert.ThrowsAsync<ProblemException>(() => ada.Files.UploadAsync(workspace.Id, new MemoryStream([1]), "x.png", "image/png", cancellationToken: Cancel));
        Assert.Equal(415, refused.Status);
        await Assert.ThrowsAsync<ArgumentException>(() => ada.Files.UploadAsync(workspace.Id, new NoSeek(), "x", cancellationToken: Cancel));
    }

    /// <summary>As it is told, on the thread that tells.</summary>
    private sealed class Telling(List<UploadProgress> told) : IProgress<UploadProgress>
    {
        public void Report(UploadProgress value)
        {
            lock (told)
                told.Add(value);
        }
    }

    /// <summary>Breaks so many uploads before they arrive.</summary>
    private sealed class BreakingWay : DelegatingHandler
    {
        private readonly Lock gate = new();

        public int Breaks { get; set; }

        public List<string> Arrived { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method != HttpMethod.Put)
                return await base.SendAsync(request, cancellationToken);
            lock (gate)
            {
                if (Breaks > 0)
                {
                    Breaks--;
                    throw new HttpRequestException("The way broke.");
                }
            }
            var response = await base.SendAsync(request, cancellationToken);
            lock (gate)
                Arrived.Add(request.RequestUri!.PathAndQuery);
            return response;
        }
    }

    private sealed class NoSeek : MemoryStream
    {
        public override bool CanSeek => false;
    }

    private static string NewEmail() => $"{Guid.CreateVersion7():n}@example.com";

    private async Task<RenexusClient> SignedInAsync(string name)
    {
        var client = new RenexusClient(server.Address);
        await client.Accounts.RegisterAsync(NewEmail(), TestUser.Password, name, Cancel);
        return client;
    }
}
