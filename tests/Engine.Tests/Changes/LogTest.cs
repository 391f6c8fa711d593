using System.Text;
using Renexus.Engine.Changes;
using Renexus.Engine.Storage;
using Renexus.Testing;

namespace Renexus.Engine.Tests.Changes;

/// <summary>Tests against the log of a database of their own, whose rules are docs/spec/changes.md.</summary>
public abstract class LogTest(TestDatabase database) : IClassFixture<TestDatabase>
{
    protected const short Kind = 3;

    protected static readonly DateTimeOffset Now = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);

    protected TestDatabase Postgres { get; } = database;

    protected Database Database => Postgres.Database;

    protected ChangeLog Log { get; } = new(database.Database);

    protected Guid Workspace { get; } = Guid.CreateVersion7();

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    protected static ChannelId NewChannel() => new(Kind, Guid.CreateVersion7());

    protected NewChange Say(ChannelId channel, string text = "", Guid? actor = null, string? cause = null) => new(
        channel, Workspace, ChangeOp.Create, "note", Guid.CreateVersion7(), Encoding.UTF8.GetBytes($$"""{"text":"{{text}}"}"""), actor, cause);

    /// <summary>One transaction with these changes.</summary>
    protected async Task<IReadOnlyList<Change>> AppendAsync(params NewChange[] changes)
    {
        await using var work = await Database.BeginAsync(Scope.In(Workspace), Cancelled);
        foreach (var change in changes)
            work.Announce(change);
        return await work.CommitAsync(Now);
    }

    protected async Task<IReadOnlyList<Change>> ReadAsync(ChannelId channel, long after = 0) =>
        await Log.AfterAsync([(channel, after)], 100_000, Cancelled);

    protected async Task<Position> HeadAsync(ChannelId channel) =>
        (await Log.HeadsAsync([channel], Cancelled))[channel];

    /// <summary>Waits until as many sessions of this database wait for a lock.</summary>
    protected async Task BlockedAsync(int sessions)
    {
        const string Waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        await using var connection = await Postgres.Login.OpenConnectionAsync(Cancelled);
        await using var command = connection.CreateCommand();
        command.CommandText = Waiting;
        while ((long)(await command.ExecuteScalarAsync(Cancelled))! < sessions)
            await Task.Yield();
    }

    /// <summary>Runs a statement past every policy.</summary>
    protected async Task SqlAsync(string sql, params object[] parameters)
    {
        await using var command = Postgres.Login.CreateCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.AddWithValue(parameter);
        await command.ExecuteNonQueryAsync(Cancelled);
    }
}
