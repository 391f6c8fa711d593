using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Accounts;
using Renexus.Server.Gateway.Mail;
using Renexus.Server.Tests.Features;
using Renexus.Testing;

namespace Renexus.Server.Tests.Gateway.Mail;

/// <summary>Mails that only tests send.</summary>
internal sealed class TestMails
{
    public Task<MailText?> NoteAsync(JsonElement data, CancellationToken cancellationToken) =>
        Task.FromResult<MailText?>(new(data.GetProperty("to").GetString()!, "A note", ["Hello."]));

    public Task<MailText?> ImpossibleAsync(JsonElement data, CancellationToken cancellationToken) =>
        Task.FromResult<MailText?>(new(data.GetProperty("to").GetString()!, "A\r\nB", ["Hello."]));

    /// <summary>One with a token that is another each time it is written.</summary>
    public Task<MailText?> LinkAsync(JsonElement data, CancellationToken cancellationToken) => Task.FromResult<MailText?>(new(
        data.GetProperty("to").GetString()!, "Grüße, 你好", ["Ein Absatz mit Umlauten: äöü."], new MailLink("Open it", $"https://renexus.example/verify?token={SecretToken.New().Reveal()}")));
}

internal static class MailJobs
{
    public static async Task PutMailAsync(this TestServer server, string kind, string to, DateTimeOffset? runAt = null)
    {
        await using var work = await server.Services.GetRequiredService<Database>().BeginAsync(Scope.None, TestContext.Current.CancellationToken);
        await server.Services.GetRequiredService<MailOutbox>().PutAsync(work, kind, new { to }, TestContext.Current.CancellationToken, new JobOptions { RunAt = runAt });
        await work.CommitAsync(TimeProvider.System.GetUtcNow());
    }

    /// <summary>Lets a mail that waits for its time go now, as an operator would; completes when it has ended.</summary>
    public static async Task HurryMailAsync(this TestServer server, string to)
    {
        var id = await server.ScalarAsync<Guid>("select id from jobs.later where payload like '%' || $1 || '%'", to);
        await using (var work = await server.Services.GetRequiredService<Database>().BeginAsync(Scope.None, TestContext.Current.CancellationToken))
        {
            Assert.True(await server.Services.GetRequiredService<JobOperations>().RetryAsync(work, id, TestContext.Current.CancellationToken));
            await work.CommitAsync(TimeProvider.System.GetUtcNow());
        }
        await server.MailsAreSentAsync(to);
    }
}
