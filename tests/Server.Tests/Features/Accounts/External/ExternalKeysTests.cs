using System.Net;
using Renexus.Contracts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts.External;

/// <summary>How a provider's keys come, change and stay away.</summary>
[Trait("spec", "AU-8")]
public sealed class ExternalKeysTests : IAsyncLifetime
{
    private readonly ExternalServer server = new();

    private FakeIssuer Provider => server.Provider;

    public ValueTask InitializeAsync() => server.InitializeAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private Task<HttpResponseMessage> AskAsync(string key = "first") =>
        server.Anonymous.MeAsync(Provider.Sign(Provider.Claims(server.Time.GetUtcNow()), key));

    [Fact]
    public async Task Keys_are_fetched_once_however_many_ask_at_once()
    {
        Provider.Hold = new TaskCompletionSource();
        var asking = Enumerable.Range(0, 20).Select(_ => AskAsync()).ToArray();
        await Eventually.TrueAsync("a fetch began", TimeSpan.FromSeconds(60), () => Provider.Fetches > 0);

        Provider.Hold.SetResult();
        await Task.WhenAll(asking.Select(a => a.ShouldBeAsync(HttpStatusCode.OK)));

        Assert.Equal(1, Provider.Fetches);
    }

    [Fact]
    public async Task A_new_key_is_found_when_it_first_signs()
    {
        await AskAsync().ShouldBeAsync(HttpStatusCode.OK);
        Provider.AddRsa("second");
        server.Time.Advance(TimeSpan.FromSeconds(30));

        await AskAsync("second").ShouldBeAsync(HttpStatusCode.OK);
        await AskAsync().ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(2, Provider.Fetches);
    }

    [Fact]
    public async Task Unknown_keys_make_it_ask_the_provider_no_more_often_than_the_pause_allows()
    {
        await AskAsync().ShouldBeAsync(HttpStatusCode.OK);
        Provider.AddRsa("stranger");
        Provider.Withdraw("stranger");

        for (var i = 0; i < 60; i++)
        {
            await AskAsync("stranger").ShouldBeProblemAsync(HttpStatusCode.Unauthorized, ProblemCodes.Unauthenticated);
            server.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(2, Provider.Fetches);
    }

    [Fact]
    public async Task A_withdrawn_key_serves_no_more_once_the_keys_were_looked_at_again()
    {
        await AskAsync().ShouldBeAsync(HttpStatusCode.OK);
        Provider.AddRsa("second");
        Provider.Withdraw("first");

        server.Time.Advance(TimeSpan.FromMinutes(5));
        await AskAsync();
        await Eventually.TrueAsync("the withdrawn key is refused", TimeSpan.FromSeconds(60), async () =>
        {
            using var response = await AskAsync();
            return response.StatusCode == HttpStatusCode.Unauthorized;
        });
        await AskAsync("second").ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_last_keys_serve_while_the_provider_is_away_up_to_a_limit()
    {
        await AskAsync().ShouldBeAsync(HttpStatusCode.OK);
        Provider.IsDown = true;

        server.Time.Leap(TimeSpan.FromHours(23));
        await AskAsync().ShouldBeAsync(HttpStatusCode.OK);
        server.Time.Leap(TimeSpan.FromHours(1));
        await AskAsync().ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, ProblemCodes.Unavailable);

        Provider.IsDown = false;
        server.Time.Advance(TimeSpan.FromSeconds(5));
        await AskAsync().ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_provider_that_was_away_from_the_start_is_asked_again()
    {
        Provider.IsDown = true;
        await AskAsync().ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, ProblemCodes.Unavailable);
        Provider.IsDown = false;
        await AskAsync().ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, ProblemCodes.Unavailable);

        server.Time.Advance(TimeSpan.FromSeconds(5));

        await AskAsync().ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Our_own_people_come_in_whatever_the_provider_does()
    {
        Provider.IsDown = true;

        var ada = await server.SignedInAs("ada");

        await ada.Client.GetAsync("/api/me").ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(0, Provider.Fetches);
    }
}
