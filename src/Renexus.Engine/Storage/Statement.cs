using System.Data.Common;
using Dapper;

namespace Renexus.Engine.Storage;

/// <summary>
/// One SQL statement with the name that logs, metrics and the plan tests know it by. Parameters are positional
/// (<c>$1</c>). Keep each as a <c>static readonly</c> field beside the operation that uses it: the tests find it there,
/// run it against the migrated schema and compare its columns with the record it fills.
/// </summary>
public abstract record Statement(string Name, string Text);

/// <summary>A statement that returns rows, each of which fills a <typeparamref name="TRow"/> by column name.</summary>
public sealed record Query<TRow>(string Name, string Text) : Statement(Name, Text)
{
    private Func<DbDataReader, TRow>? parser;

    /// <summary>Reads the current row; the columns of one statement never change, so the parser is made once.</summary>
    internal TRow Read(DbDataReader reader) => (parser ??= Parser(reader))(reader);

    // Dapper has no typed parser for a single text.
    private static Func<DbDataReader, TRow> Parser(DbDataReader reader) =>
        typeof(TRow) == typeof(string) ? static row => row.GetFieldValue<TRow>(0) : reader.GetRowParser<TRow>();
}

/// <summary>A statement that returns no rows, only how many it touched.</summary>
public sealed record Command(string Name, string Text) : Statement(Name, Text);
