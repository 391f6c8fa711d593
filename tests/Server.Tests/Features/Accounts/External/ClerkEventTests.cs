using System.Net;
using System.Text;
using Renexus.Contracts;
using Renexus.Server.Features.Accounts.External;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts.External;

/// <summary>What Clerk tells, signed by the library that Clerk sends by.</summary>
[Trait("spec", "WH-1")]
public sealed class ClerkEventTests(ClerkServer server) : IClassFixture<ClerkServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_is_made_there_has_an_account_here_once_however_often_it_is_told_and_is_no_operator()
    {
        await using var clerk = await ClerkSender.StartAsync(server.Anonymous);
        var subject = ClerkWords.NewId("user");
        var sent = await clerk.SignAsync(ClerkWords.User("user.created", subject, "Ada", 1));

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => clerk.SendAsync(sent)));
        Assert.All(answers, status => Assert.Equal(HttpStatusCode.NoContent, status));
        await ClerkSender.DealtWithAsync(server);

        Assert.Equal(1, await server.ScalarAsync<long>("select count(*) from accounts.external_identity where subject = $1", subject));
        Assert.Equal("Ada Lovelace,true,false", await server.ScalarAsync<string>("""
            select concat_ws(',', a.name, (a.email_verified_at is not null)::text, a.is_operator::text)
            from accounts.external_identity i join accounts.user_account a on a.id = i.user_id where i.subject = $1
            """, subject));
        // What it said of the person is not kept once it has been dealt with.
        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from accounts.clerk_event where id = $1 and body is not null", sent.Id));
    }

    [Fact]
    public async Task What_comes_late_changes_nothing_and_who_was_deleted_stays_out()
    {
        await using var clerk = await ClerkSender.StartAsync(server.Anonymous);
        var subject = ClerkWords.NewId("user");
        Task<string?> NameAsync() => server.ScalarAsync<string>(
            "select a.name from accounts.external_identity i join accounts.user_account a on a.id = i.user_id where i.subject = $1", subject);
        Task TellAsync(string body) => clerk.TellAsync(server, body);

        await TellAsync(ClerkWords.User("user.updated", subject, "Ada", 5));
        await TellAsync(ClerkWords.User("user.created", subject, "Adeline", 1));
        Assert.Equal("Ada Lovelace", await NameAsync());
        await TellAsync(ClerkWords.User("user.updated", subject, "Augusta", 7));
        Assert.Equal("Augusta Lovelace", await NameAsync());

        await server.ScalarAsync<object>("""
            insert into accounts.session (id, user_id, device, user_agent, created_at, last_used_at, expires_at, absolute_expires_at, proven_at)
            select gen_random_uuid(), user_id, 'd', 'a', now(), now(), now() + interval '1 day', now() + interval '1 day', now()
            from accounts.external_identity where subject = $1
            """, subject);
        await TellAsync(ClerkWords.Deleted("user.deleted", subject, 9));
        await TellAsync(ClerkWords.User("user.updated", subject, "Nobody", 20));
        Assert.Equal("Augusta Lovelace", await NameAsync());
        Assert.Equal(0, await server.ScalarAsync<long>(
            "select count(*) from accounts.session s join accounts.external_identity i using (user_id) where i.subject = $1 and s.ended_at is null", subject));
    }

    [Fact]
    public async Task What_means_nothing_to_us_is_taken_and_left()
    {
        await using var clerk = await ClerkSender.StartAsync(server.Anonymous);
        Assert.Equal(HttpStatusCode.NoContent, await clerk.SendAsync(await clerk.SignAsync("""{"type":"waitlistEntry.created","data":{"id":"wl_1"}}""")));
        await ClerkSender.DealtWithAsync(server);
        Assert.Equal(HttpStatusCode.BadRequest, await clerk.SendAsync(await clerk.SignAsync("[1, 2")));
    }

    [Theory]
    [InlineData("another body")]
    [InlineData("another id")]
    [InlineData("another secret")]
    [InlineData("too old")]
    [InlineData("from tomorrow")]
    [InlineData("written anew")]
    [InlineData("another version")]
    [InlineData("unsigned")]
    public async Task What_is_not_signed_or_not_of_now_is_refused_and_not_stored(string what)
    {
        await using var clerk = await ClerkSender.StartAsync(server.Anonymous);
        var body = """{"type": "user.created", "data": {"id": "user_x", "updated_at": 1}}""";
        var now = TimeProvider.System.GetUtcNow();
        var good = await clerk.SignAsync(body, what switch { "too old" => now.AddSeconds(-310), "from tomorrow" => now.AddSeconds(310), _ => now },
            what == "another secret" ? "whsec_" + Convert.ToBase64String(new byte[24]) : ClerkServer.Secret);

        var sent = what switch
        {
            "another body" => good with { Body = body.Replace("user_x", "user_y", StringComparison.Ordinal) },
            "written anew" => good with { Body = body.Replace(": ", ":", StringComparison.Ordinal) },
            "another id" => good with { Id = "msg_other" },
            "another version" => good with { Signature = "v2" + good.Signature[2..] },
            "unsigned" => good with { Signature = "" },
            _ => good,
        };

        Assert.Equal(HttpStatusCode.Unauthorized, await clerk.SendAsync(sent));
        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from accounts.clerk_event where id in ($1, $2)", good.Id, sent.Id));
    }

    [Fact]
    public void The_signature_is_the_one_of_the_reference_and_one_good_one_is_enough()
    {
        const string Id = "msg_loFOjxBNrRLzqYUf";
        const string Good = "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=";
        var (keys, body, at) = (SvixSignature.Keys(ClerkServer.Secret), Encoding.UTF8.GetBytes("""{"event_type":"ping","data":{"success":true}}"""), DateTimeOffset.FromUnixTimeSeconds(1731705121));
        bool IsGood(string signatures, int secondsLater = 0, string seconds = "1731705121") => SvixSignature.IsGood(keys, Id, seconds, signatures, body, at.AddSeconds(secondsLater));

        Assert.True(IsGood(Good));
        Assert.True(IsGood("v1,AAAA v1a,xyz " + Good));
        Assert.True(IsGood(Good, 299));
        Assert.True(IsGood(Good, -299));
        Assert.False(IsGood(Good, 301));
        Assert.False(IsGood(Good, -301));
        Assert.False(IsGood("v1a," + Good[3..]));
        Assert.False(IsGood(Good, seconds: "+1731705121"));
        Assert.False(IsGood(""));
    }
}

/// <summary>Where Clerk is not configured there is no such address.</summary>
[Trait("spec", "WH-1")]
public sealed class WithoutClerkTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Nothing_is_taken_without_a_secret()
    {
        using var body = new StringContent("{}", Encoding.UTF8, "application/json");
        await server.Anonymous.PostAsync("/api/webhooks/clerk", body, TestContext.Current.CancellationToken).ShouldBeProblemAsync(HttpStatusCode.NotFound, ProblemCodes.NotFound);
    }
}
