using Renexus.Client.Http;
using Renexus.Contracts;
using Renexus.Testing;

namespace Renexus.Client.Tests.Http;

[Trait("spec", "AU-3")]
public sealed class LogInTests
{
    private readonly FakeTime time = new();
    private readonly LogIn logIn;
    private readonly List<string> used = [];
    private TaskCompletionSource<RenewedTokens> answer = new();

    public LogInTests()
    {
        logIn = new LogIn(time, (refreshToken, _) =>
        {
            lock (used)
                used.Add(refreshToken);
            return answer.Task;
        });
        logIn.Begin("access-1", 900, "refresh-1");
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_good_token_is_given_without_asking()
    {
        time.Advance(TimeSpan.FromSeconds(839));

        Assert.Equal("access-1", await logIn.GetAsync(null, Cancel));
        Assert.Empty(used);
    }

    [Fact]
    public async Task A_minute_before_its_end_it_is_renewed_once_for_many_waiting_calls()
    {
        time.Advance(TimeSpan.FromSeconds(840));

        var waiting = Enumerable.Range(0, 100).Select(_ => logIn.GetAsync(null, Cancel).AsTask()).ToArray();
        answer.SetResult(new RenewedTokens("access-2", 900, "refresh-2"));

        Assert.All(await Task.WhenAll(waiting), token => Assert.Equal("access-2", token));
        Assert.Equal(["refresh-1"], used);
        Assert.Equal("refresh-2", logIn.RefreshToken);
        Assert.Equal("access-2", await logIn.GetAsync(null, Cancel));
    }

    [Fact]
    public async Task A_token_that_the_server_refused_is_renewed_at_once_and_only_that_one()
    {
        answer.SetResult(new RenewedTokens("access-2", 900, "refresh-2"));

        Assert.Equal("access-2", await logIn.GetAsync("access-1", Cancel));
        Assert.Equal("access-2", await logIn.GetAsync("access-1", Cancel));
        Assert.Single(used);
    }

    [Fact]
    public async Task Who_gives_up_does_not_end_it_for_the_others()
    {
        using var impatient = new CancellationTokenSource();
        var first = logIn.GetAsync("access-1", impatient.Token).AsTask();
        var second = logIn.GetAsync("access-1", Cancel).AsTask();

        await impatient.CancelAsync();
        answer.SetResult(new RenewedTokens("access-2", 900, "refresh-2"));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal("access-2", await second);
    }

    [Fact]
    public async Task A_renewal_that_failed_is_tried_again_by_the_next_call()
    {
        answer.SetException(new HttpRequestException("away"));
        await Assert.ThrowsAsync<HttpRequestException>(() => logIn.GetAsync("access-1", Cancel).AsTask());

        answer = new TaskCompletionSource<RenewedTokens>();
        answer.SetResult(new RenewedTokens("access-2", 900, "refresh-2"));

        Assert.Equal("access-2", await logIn.GetAsync("access-1", Cancel));
    }

    [Fact]
    public async Task Short_lived_tokens_are_renewed_at_half_their_life()
    {
        logIn.Begin("access-1", 20, "refresh-1");
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal("access-1", await logIn.GetAsync(null, Cancel));

        time.Advance(TimeSpan.FromSeconds(1));
        answer.SetResult(new RenewedTokens("access-2", 20, "refresh-2"));

        Assert.Equal("access-2", await logIn.GetAsync(null, Cancel));
    }

    [Fact]
    public async Task Without_a_log_in_there_is_no_token()
    {
        logIn.End();

        await Assert.ThrowsAsync<InvalidOperationException>(() => logIn.GetAsync(null, Cancel).AsTask());
    }
}
