using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Renexus.Contracts;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Notifications;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Notifications;

[Trait("spec", "NO-1")]
public sealed class DigestTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>When somebody's digest takes in what came a minute before, or nothing: the hour has not come.</summary>
    [Theory]
    [InlineData("daily", 8, 1, "UTC", "2026-03-10T07:59:59Z", "2026-03-09T08:00:00Z")]
    [InlineData("daily", 8, 1, "UTC", "2026-03-10T08:00:00Z", "2026-03-10T08:00:00Z")]
    [InlineData("daily", 0, 1, "UTC", "2026-03-10T23:59:00Z", "2026-03-10T00:00:00Z")]
    [InlineData("daily", 8, 1, "Europe/Berlin", "2026-03-28T07:00:00Z", "2026-03-28T07:00:00Z")] // the last morning of winter
    [InlineData("daily", 8, 1, "Europe/Berlin", "2026-03-29T06:00:00Z", "2026-03-29T06:00:00Z")] // the clock was put forward at night
    [InlineData("daily", 2, 1, "Europe/Berlin", "2026-03-29T12:00:00Z", "2026-03-29T01:00:00Z")] // an hour that this day does not have
    [InlineData("daily", 8, 1, "Europe/Berlin", "2026-10-25T06:59:00Z", "2026-10-24T06:00:00Z")] // put back: it is not eight yet
    [InlineData("daily", 8, 1, "Europe/Berlin", "2026-10-25T07:00:00Z", "2026-10-25T07:00:00Z")]
    [InlineData("daily", 8, 1, "Asia/Kathmandu", "2026-03-10T02:14:00Z", "2026-03-09T02:15:00Z")]
    [InlineData("daily", 8, 1, "Pacific/Auckland", "2026-03-10T12:00:00Z", "2026-03-09T19:00:00Z")] // their tenth
    [InlineData("weekly", 8, 5, "UTC", "2026-03-12T12:00:00Z", "2026-03-06T08:00:00Z")] // a Thursday
    [InlineData("weekly", 8, 5, "UTC", "2026-03-13T08:00:00Z", "2026-03-13T08:00:00Z")]
    [InlineData("weekly", 8, 7, "UTC", "2026-03-16T07:00:00Z", "2026-03-15T08:00:00Z")]
    public async Task NT6_a_digest_is_due_at_the_hour_of_the_persons_own_clock(string cadence, int hour, int weekday, string zone, string now, string until)
    {
        var ada = await server.VerifiedAsync("ada");
        await ChooseAsync(ada, new { cadence, hour, weekday, timeZone = zone });
        await GiveAsync(ada);
        async Task<DateTimeOffset?> DueAsync(string createdBefore)
        {
            await server.ScalarAsync<object>($"update notifications.notification set created_at = timestamptz '{createdBefore}' - interval '1 minute' where user_id = $1", ada.Id);
            return await server.ScalarAsync<DateTime?>($"select until from notifications.due_digests('{now}') where user_id = $1", ada.Id) is { } due
                ? new DateTimeOffset(due, TimeSpan.Zero) : null;
        }

        Assert.Equal(DateTimeOffset.Parse(until, System.Globalization.CultureInfo.InvariantCulture), await DueAsync(until));
        await server.ScalarAsync<object>($"update notifications.notification set created_at = timestamptz '{until}' where user_id = $1", ada.Id);
        Assert.Null(await server.ScalarAsync<DateTime?>($"select until from notifications.due_digests('{now}') where user_id = $1", ada.Id));
        await server.ScalarAsync<object>("delete from notifications.notification where user_id = $1", ada.Id);
    }

    [Fact]
    public async Task NT6_nothing_is_in_two_digests_however_many_look_at_once()
    {
        var people = new List<TestUser>();
        for (var i = 0; i < 3; i++)
        {
            var one = await server.VerifiedAsync("ada");
            people.Add(one);
            for (var n = 0; n < 3; n++)
                await GiveAsync(one, $"News {n}");
        }
        await LongAgoAsync(people);

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => LookAsync()));
        await LookAsync();
        await server.AllMailsAreSentAsync();

        Assert.All(people, one =>
        {
            var mail = Assert.Single(server.MailsTo(one.Email), mail => mail.Contains("News", StringComparison.Ordinal));
            Assert.Contains("Subject: 3 notifications for you", mail, StringComparison.Ordinal);
            Assert.All(["News 0", "News 1", "News 2"], news => Assert.Contains($"* {news}", mail, StringComparison.Ordinal));
            Assert.Matches("(?m)^List-Unsubscribe: <http://[^>]+>\\s*$", mail);
        });
    }

    [Fact]
    public async Task NT6_what_was_read_is_in_none_and_what_came_later_is_in_the_next()
    {
        var ada = await server.VerifiedAsync("ada");
        await GiveAsync(ada, "Read");
        await ada.Client.PostAsJsonAsync("/api/notifications/read", new { }, Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        await GiveAsync(ada, "First");
        await LongAgoAsync([ada]);
        await GiveAsync(ada, "Second");

        await LookAsync();
        await server.AllMailsAreSentAsync();
        var mail = Assert.Single(server.MailsTo(ada.Email), mail => mail.Contains("/settings/notifications", StringComparison.Ordinal));
        Assert.Contains("* First", mail, StringComparison.Ordinal);
        Assert.DoesNotContain("* Read", mail, StringComparison.Ordinal);
        Assert.DoesNotContain("* Second", mail, StringComparison.Ordinal);

        await LongAgoAsync([ada]);
        await LookAsync();
        await server.AllMailsAreSentAsync();
        Assert.Contains("* Second", server.MailsTo(ada.Email).Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NT7_what_is_old_is_forgotten_the_unread_later()
    {
        var ada = await server.VerifiedAsync("ada");
        foreach (var (title, days, isRead) in new[] { ("a", 89, true), ("b", 91, true), ("c", 364, false), ("d", 366, false) })
        {
            await GiveAsync(ada, title);
            await server.ScalarAsync<object>(
                $"update notifications.notification set created_at = now() - interval '{days} days', read_at = case when {isRead} then now() end where user_id = $1 and title = $2", ada.Id, title);
        }

        await RunAsync(NotificationRetention.Kind);

        await Eventually.TrueAsync("the old ones are gone", TimeSpan.FromSeconds(60), async () =>
            await server.ScalarAsync<string>("select string_agg(title, '' order by title) from notifications.notification where user_id = $1", ada.Id) == "ac");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task NT8_the_link_of_a_mail_ends_such_mails_and_nothing_else(bool isDigest)
    {
        var ada = await server.VerifiedAsync("ada");
        if (isDigest)
            await ChooseAsync(ada, new { cadence = "daily", hour = 8, weekday = 1, timeZone = "UTC" });
        else
            await ada.Client.PatchAsJsonAsync("/api/notifications/settings", new { kinds = new[] { new { kind = "reply", email = "now" } } }, Stop).ShouldBeAsync(HttpStatusCode.OK);
        await GiveAsync(ada, "News");
        if (isDigest)
        {
            await LongAgoAsync([ada]);
            await LookAsync();
        }
        var mail = await server.MailToAsync(ada.Email, mail => mail.Contains("News", StringComparison.Ordinal));
        var token = Mails.TokenIn(mail);

        // Looking changes nothing.
        using (var look = await server.Anonymous.GetAsync($"/api/notifications/unsubscribe?token={token}", Stop))
            Assert.Equal((HttpStatusCode.Found, $"/unsubscribe?token={token}"), (look.StatusCode, look.Headers.Location!.ToString()));
        Assert.Equal(isDigest ? "digest" : "now", await EmailAsync(ada, "reply"));

        // The click of a mail program (RFC 8058), which may come twice.
        for (var i = 0; i < 2; i++)
        {
            using var click = new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]);
            var ended = await server.Anonymous.PostAsync($"/api/notifications/unsubscribe?token={token}", click, Stop).ReadAsync<Unsubscribed>();
            Assert.Equal(isDigest ? null : "reply", ended.Kind);
        }

        Assert.Equal("off", await EmailAsync(ada, "reply"));
        Assert.Equal("now", await EmailAsync(ada, "mention"));
        Assert.Equal(isDigest ? "off" : "digest", await EmailAsync(ada, "workspace.joined"));
        await GiveAsync(ada, "Later");
        Assert.Equal(2, (await ada.Client.GetAsync("/api/notifications", Stop).ReadAsync<NotificationPage>()).Items.Count);
        await server.AllMailsAreSentAsync();
        Assert.DoesNotContain(server.MailsTo(ada.Email), mail => mail.Contains("Later", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task NT8_a_link_that_is_none_opens_nothing(string token) =>
        await server.Anonymous.PostAsync($"/api/notifications/unsubscribe?token={token}", null, Stop).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);

    private static async Task<string> EmailAsync(TestUser user, string kind) =>
        (await user.Client.GetAsync("/api/notifications/settings", Stop).ReadAsync<NotificationSettings>()).Kinds.Single(choice => choice.Kind == kind).Email;

    private static Task ChooseAsync(TestUser user, object digest) => user.Client.PatchAsJsonAsync("/api/notifications/settings", new { digest }, Stop).ShouldBeAsync(HttpStatusCode.OK);

    private async Task LongAgoAsync(IEnumerable<TestUser> people) => await server.ScalarAsync<object>(
        "update notifications.notification set created_at = created_at - interval '8 days' where user_id = any ($1)", people.Select(one => one.Id).ToArray());

    private Task LookAsync() => RunAsync(Digests.Look);

    private async Task RunAsync(JobKind<NoPayload> kind)
    {
        var jobs = server.Services.GetRequiredService<JobClient>();
        await using var work = await server.Services.GetRequiredService<Database>().BeginAsync(Scope.None, Stop);
        var job = await jobs.EnqueueAsync(work, kind, new NoPayload(), Stop);
        await work.CommitAsync(TimeProvider.System.GetUtcNow());
        await Eventually.TrueAsync("the job is over", TimeSpan.FromSeconds(60), async () => await jobs.FindAsync(job.Id, Stop) is { IsOver: true });
        await Eventually.TrueAsync("the digests are put together", TimeSpan.FromSeconds(60), async () => await server.ScalarAsync<long>(
            "select count(*) from (select kind from jobs.ready union all select kind from jobs.running union all select kind from jobs.later) j where kind = 'notifications.digest'") == 0);
    }

    private async Task GiveAsync(TestUser user, string title = "News")
    {
        await using var work = await server.Services.GetRequiredService<Database>().BeginAsync(Scope.None, Stop);
        await server.Services.GetRequiredService<Notices>().GiveAsync(work, new Notice(NotificationKind.Reply, user.Id, Guid.CreateVersion7(), title, "/somewhere"), Stop);
        await work.CommitAsync(TimeProvider.System.GetUtcNow());
    }
}
