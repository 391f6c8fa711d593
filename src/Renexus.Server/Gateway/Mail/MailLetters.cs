using System.Text.Json;
using Renexus.Engine.Jobs;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Jobs;
using Renexus.Server.Gateway.Secrets;

namespace Renexus.Server.Gateway.Mail;

/// <summary>
/// What was written and is about to be handed over, by the id of its job: a mail that goes to the server a second time because nobody heard the answer to the first says
/// the same, with the same links, so that either copy will do. Encrypted, since it carries links that work; emptied when the server has it.
/// </summary>
internal sealed class MailLetters(Database database, SecretFields secrets, TimeProvider clock)
{
    public static readonly SecretColumn Column = new("mail.letter", "text", Where: "text is not null");

    public static readonly JobKind<NoPayload> Forget = new("mails.forget", Queues.Maintenance);

    public static readonly JobSchedule Daily = new("mails.forget", "52 3 * * *", Forget, new NoPayload());

    // Longer than a mail is tried.
    private static readonly TimeSpan Kept = TimeSpan.FromDays(4);

    internal sealed record Letter(byte[]? Text, DateTimeOffset? SentAt);

    private static readonly Query<Letter> Find = new("mail.find_letter", "select text, sent_at from mail.letter where id = $1");

    private static readonly Command Put = new("mail.put_letter", """
        insert into mail.letter (id, text, written_at) values ($1, $2, $3) on conflict (id) do update set text = excluded.text, written_at = excluded.written_at
        """);

    private static readonly Command Sent = new("mail.letter_sent", "update mail.letter set text = null, sent_at = $2 where id = $1");

    private static readonly Command Tear = new("mail.tear_letter", "delete from mail.letter where id = $1");

    private static readonly Command ForgetOld = new("mail.forget_letters", "delete from mail.letter where written_at < $1");

    /// <summary>What was written before; and whether the server has it.</summary>
    public async Task<(MailText? Text, bool IsSent)> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await database.QueryLogAsync(Find, [id], cancellationToken) is not [var letter])
            return (null, false);
        return letter.Text is null
            ? (null, letter.SentAt is not null)
            : (JsonSerializer.Deserialize<MailText>(secrets.Decrypt(Column, id, letter.Text)), false);
    }

    public Task KeepAsync(Guid id, MailText text, CancellationToken cancellationToken) =>
        database.ExecuteLogAsync(Put, [id, secrets.Encrypt(Column, id, JsonSerializer.SerializeToUtf8Bytes(text)), clock.GetUtcNow()], cancellationToken);

    /// <summary>The server has it.</summary>
    public Task SentAsync(Guid id) => database.ExecuteLogAsync(Sent, [id, clock.GetUtcNow()], CancellationToken.None);

    /// <summary>The server surely does not have it: next time it is written anew, with what is true then.</summary>
    public Task TearAsync(Guid id) => database.ExecuteLogAsync(Tear, [id], CancellationToken.None);

    public async Task ForgetAsync(NoPayload _, JobContext job, CancellationToken cancellationToken) =>
        job.SetResult(new { removed = await database.ExecuteLogAsync(ForgetOld, [clock.GetUtcNow() - Kept], cancellationToken) });
}
