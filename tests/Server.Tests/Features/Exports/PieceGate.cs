using Npgsql;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Exports;

/// <summary>Holds every archive of a database that is large enough up in its middle: before its second piece, until it is disposed.</summary>
internal sealed class PieceGate : IAsyncDisposable
{
    private readonly NpgsqlConnection holder;

    private PieceGate(NpgsqlConnection holder) => this.holder = holder;

    public static async Task<PieceGate> CloseAsync(TestDatabase database)
    {
        var connection = await database.Login.OpenConnectionAsync();
        await ExecuteAsync(connection, """
            create or replace function exports.wait_at_gate() returns trigger language plpgsql as $$
            begin
              perform pg_catalog.pg_advisory_xact_lock_shared(4711);
              return new;
            end $$;
            create or replace trigger gate before insert on exports.piece for each row when (new.number = 1) execute function exports.wait_at_gate();
            select pg_advisory_lock(4711)
            """);
        return new PieceGate(connection);
    }

    public async ValueTask DisposeAsync()
    {
        await ExecuteAsync(holder, "select pg_advisory_unlock(4711)");
        await holder.DisposeAsync();
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
