using Microsoft.Playwright;
using Renexus.Contracts;
using Renexus.Testing;

namespace Renexus.Browser.Tests.Notifications;

/// <summary>What one is told: it arrives at the bell, is read by reading, and comes by mail as one wants it.</summary>
[Trait("spec", "NO-1")]
public sealed class NotificationScreensTests(Chromium chromium, ServerByName server) : IClassFixture<ServerByName>
{
    /// <summary>Something else has to happen first: a job, a mail.</summary>
    private const float Patience = 60_000;

    [Fact]
    public async Task A_mention_arrives_at_the_bell_and_is_read_by_opening_the_thread_and_mails_are_chosen_and_ended()
    {
        var ada = await server.SignedInAs("ada");
        var workspace = await TestServer.CreateWorkspace(ada);
        var thread = await TestServer.CreateThread(ada, workspace);
        var bob = await Person.SignUpAsync(await chromium.OpenAsync(server.PublicAddress), "Bob Babbage");
        var page = bob.Page;
        var added = await ada.PostAsync($"/api/workspaces/{workspace}/members", new { email = bob.Email, role = "editor" });
        var mention = MentionSyntax.Of(added.GetProperty("userId").GetGuid(), bob.Name);

        // What comes is chosen, and stays so.
        await page.GotoAsync("/settings/notifications");
        await Look.CheckEveryAsync(page, page.GetByText("Mails come once you have confirmed"), "notification settings");
        var replies = page.GetByLabel("By mail: Somebody answers you");
        await page.RunAndWaitForResponseAsync(
            () => replies.SelectOptionAsync("off"), answer => answer.Request.Method == "PATCH" && answer.Url.EndsWith("/api/notifications/settings", StringComparison.Ordinal));
        await page.ReloadAsync();
        await Assertions.Expect(replies).ToHaveValueAsync("off", new() { Timeout = Patience });

        // It arrives by itself, wherever one is.
        await using (var verify = server.Database.Login.CreateCommand("update accounts.user_account set email_verified_at = now() where email = $1"))
        {
            verify.Parameters.AddWithValue(bob.Email);
            await verify.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
        await page.GotoAsync($"/w/{workspace}/members");
        var bell = page.GetByRole(AriaRole.Link, new() { NameRegex = new("^Notifications") }).Filter(new() { Visible = true });
        await Assertions.Expect(bell).ToContainTextAsync("1 unread", new() { Timeout = Patience });
        await ada.PostAsync($"/api/threads/{thread}/messages", new { body = $"{mention} bring cake" });
        await Assertions.Expect(bell).ToContainTextAsync("2 unread", new() { Timeout = Patience });
        await bell.ClickAsync();
        await Look.CheckEveryAsync(page, page.GetByText("ada mentioned you in Launch"), "notifications");

        // Whoever opens the thread has read it, and nothing lies over it.
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new("^Launch") }).ClickAsync();
        await bob.ReadsAsync("@Bob Babbage bring cake");
        await Assertions.Expect(page.GetByText("ada mentioned you.", new() { Exact = true })).ToHaveCountAsync(0);
        await Assertions.Expect(bell).ToContainTextAsync("1 unread", new() { Timeout = Patience });
        await bell.ClickAsync();
        await bob.PressAsync("Mark all read");
        await Assertions.Expect(bell).Not.ToContainTextAsync("unread", new() { Timeout = Patience });

        // The way out that each mail has, and what it chose.
        await page.GotoAsync(await server.LinkAsync(bob.Email, "api/notifications/unsubscribe"));
        await Look.CheckEveryAsync(page, page.GetByText("No more of these mails?"), "unsubscribe");
        await bob.PressAsync("End these mails");
        await Look.CheckEveryAsync(page, page.GetByText("These mails have ended"), "unsubscribed");
        await page.GotoAsync("/settings/notifications");
        await Assertions.Expect(page.GetByLabel("By mail: Somebody mentions you")).ToHaveValueAsync("off", new() { Timeout = Patience });
        await Assertions.Expect(replies).ToHaveValueAsync("off");
    }
}
