using System.Data;
using Npgsql;
using Renexus.Testing;

namespace Renexus.Server.Tests.Architecture;

/// <summary>Every statement against the migrated schema (DB-8): what SQL and C# say to each other is checked here and nowhere else.</summary>
[Trait("spec", "DB-8")]
public class StatementTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void There_are_statements_and_each_has_a_name_of_its_own()
    {
        Assert.True(Statements.All.Count > 50, $"Only {Statements.All.Count} statements were found: they belong into static fields.");
        Findings.None(Statements.All.GroupBy(s => s.Statement.Name).Where(g => g.Count() > 1).Select(g => g.Key));
    }

    [Fact]
    public async Task Each_is_understood_by_the_schema_and_one_of_our_roles_may_run_it()
    {
        var wrong = new List<string>();
        foreach (var (statement, owner) in Statements.All)
        {
            var asApp = await TryAsync(database.App, statement.Text);
            if (asApp is null || (asApp.SqlState == PostgresErrorCodes.InsufficientPrivilege && await TryAsync(database.Log, statement.Text) is null))
                continue;
            wrong.Add($"{owner.Name}: {statement.Name}: {asApp.MessageText}");
        }

        Findings.None(wrong);
    }

    [Fact]
    public async Task The_columns_of_each_query_are_the_members_of_the_record_it_fills()
    {
        var wrong = new List<string>();
        await using var connection = await database.Login.OpenConnectionAsync(Stop);
        foreach (var found in Statements.All.Where(s => s.Row is not null))
        {
            await using var command = new NpgsqlCommand(found.Statement.Text, connection);
            await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SchemaOnly, Stop);
            var columns = Enumerable.Range(0, reader.FieldCount)
                .Select(i => (Name: reader.GetName(i).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant(), Type: TypeOf(reader, i)))
                .ToArray();
            if (Mismatch(columns, found.Row!) is { } mismatch)
                wrong.Add($"{found.Owner.Name}: {found.Statement.Name}: {mismatch}");
        }

        Findings.None(wrong);
    }

    // Npgsql says of an array only that it is one.
    private static Type TypeOf(NpgsqlDataReader reader, int column) =>
        reader.GetFieldType(column) is var type && type != typeof(Array) ? type
        : reader.GetDataTypeName(column) switch
        {
            "uuid[]" => typeof(Guid[]),
            "text[]" => typeof(string[]),
            var other => throw new InvalidOperationException($"No record reads {other} yet."),
        };

    private static string? Mismatch((string Name, Type Type)[] columns, Type row)
    {
        if (columns is [var only] && Matches(only.Type, row))
            return null;

        var members = row.GetConstructors()
            .Select(c => c.GetParameters().Select(p => (Name: p.Name!.ToLowerInvariant(), Type: p.ParameterType)).ToArray())
            .MaxBy(p => p.Length)!;
        for (var i = 0; i < Math.Max(columns.Length, members.Length); i++)
        {
            if (i >= columns.Length)
                return $"no column for {members[i].Name}";
            if (i >= members.Length)
                return $"no member for {columns[i].Name}";
            if (columns[i].Name != members[i].Name || !Matches(columns[i].Type, members[i].Type))
                return $"column {columns[i].Name} of {columns[i].Type.Name} meets member {members[i].Name} of {members[i].Type.Name}";
        }

        return null;
    }

    // The one conversion there is: instants.
    private static bool Matches(Type column, Type member) =>
        (Nullable.GetUnderlyingType(member) ?? member) is var type && (type == column || (column == typeof(DateTime) && type == typeof(DateTimeOffset)));

    // Explaining a prepared statement plans it and checks every permission without running it.
    private static async Task<PostgresException?> TryAsync(NpgsqlDataSource role, string text)
    {
        await using var connection = await role.OpenConnectionAsync(Stop);
        var name = $"tried_{Guid.CreateVersion7():n}";
        try
        {
            await ExecuteAsync(connection, $"prepare {name} as {text.TrimEnd().TrimEnd(';')}");
            await using var count = new NpgsqlCommand($"select cardinality(parameter_types) from pg_prepared_statements where name = '{name}'", connection);
            var parameters = (int)(await count.ExecuteScalarAsync(Stop))!;
            var nulls = parameters == 0 ? "" : $"({string.Join(", ", Enumerable.Repeat("null", parameters))})";
            await ExecuteAsync(connection, $"explain execute {name} {nulls}");
            return null;
        }
        catch (PostgresException e)
        {
            return e;
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Stop);
    }
}
