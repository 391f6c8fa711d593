using System.Text;
using Renexus.Engine.Storage;

namespace Renexus.Server.Gateway.Mail;

/// <summary>
/// Where operations leave mails: in their own transaction, so that what did not happen is told to nobody, and what happened is told even if
/// this process ends the moment after. <see cref="MailSender"/> sends them. (The job system takes this over behind the same method.)
/// </summary>
internal sealed class MailOutbox(TimeProvider clock) : IDisposable
{
    private static readonly Command Put = new("mail.put", """
        insert into mail.outbox (id, kind, data, created_at, due_at) values ($1, $2, $3, $4, $4)
        """);

    private readonly SemaphoreSlim news = new(0, 1);

    /// <param name="kind">One that a feature has registered.</param>
    /// <param name="data">Ids and what else its writer needs; nothing secret.</param>
    public async Task PutAsync(Work work, string kind, object data, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await work.ExecuteAsync(Put, [Guid.CreateVersion7(now), kind, Arg.Json(Encoding.UTF8.GetString(Json.Utf8(data))), now], cancellationToken);
        work.AfterCommit(Wake);
    }

    /// <summary>Completes when this node has put something in, or the time is over.</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var woken = news.WaitAsync(end.Token);
        await Task.WhenAny(woken, Task.Delay(atMost, clock, end.Token));
        await end.CancelAsync();
        // Cancelling may have come too late to keep it from taking the news; nothing is lost by looking once more.
        await woken.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    public void Dispose() => news.Dispose();

    private void Wake()
    {
        try
        {
            news.Release();
        }
        catch (SemaphoreFullException)
        {
            // It has been told already.
        }
        catch (ObjectDisposedException)
        {
            // Shutting down; the next start finds it.
        }
    }
}
