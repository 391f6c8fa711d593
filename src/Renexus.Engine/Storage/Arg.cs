using Npgsql;
using NpgsqlTypes;

namespace Renexus.Engine.Storage;

/// <summary>
/// A typed positional parameter. The conversions are the whole list of types that statements take, so that a null
/// still has its type and nothing is boxed.
/// </summary>
public readonly struct Arg
{
    private readonly NpgsqlParameter parameter;

    private Arg(NpgsqlParameter parameter) => this.parameter = parameter;

    internal NpgsqlParameter Parameter => parameter;

    public static implicit operator Arg(Guid value) => Of(value, NpgsqlDbType.Uuid);
    public static implicit operator Arg(Guid? value) => value is { } v ? v : Null(NpgsqlDbType.Uuid);
    public static implicit operator Arg(Guid[]? value) =>
        value is null ? Null(NpgsqlDbType.Array | NpgsqlDbType.Uuid) : Of(value, NpgsqlDbType.Array | NpgsqlDbType.Uuid);
    public static implicit operator Arg(Guid?[] value) => Of(value, NpgsqlDbType.Array | NpgsqlDbType.Uuid);
    public static implicit operator Arg(string? value) => value is null ? Null(NpgsqlDbType.Text) : Of(value, NpgsqlDbType.Text);
    public static implicit operator Arg(string?[] value) => Of(value, NpgsqlDbType.Array | NpgsqlDbType.Text);
    public static implicit operator Arg(short value) => Of(value, NpgsqlDbType.Smallint);
    public static implicit operator Arg(short[] value) => Of(value, NpgsqlDbType.Array | NpgsqlDbType.Smallint);
    public static implicit operator Arg(int value) => Of(value, NpgsqlDbType.Integer);
    public static implicit operator Arg(int? value) => value is { } v ? v : Null(NpgsqlDbType.Integer);
    public static implicit operator Arg(int[] value) => Of(value, NpgsqlDbType.Array | NpgsqlDbType.Integer);
    public static implicit operator Arg(long value) => Of(value, NpgsqlDbType.Bigint);
    public static implicit operator Arg(long? value) => value is { } v ? v : Null(NpgsqlDbType.Bigint);
    public static implicit operator Arg(long[] value) => Of(value, NpgsqlDbType.Array | NpgsqlDbType.Bigint);
    public static implicit operator Arg(bool value) => Of(value, NpgsqlDbType.Boolean);
    public static implicit operator Arg(bool? value) => value is { } v ? v : Null(NpgsqlDbType.Boolean);
    public static implicit operator Arg(byte[] value) => Of(value, NpgsqlDbType.Bytea);
    public static implicit operator Arg(byte[][] value) => Of(value, NpgsqlDbType.Array | NpgsqlDbType.Bytea);
    public static implicit operator Arg(DateTimeOffset value) => Of(value, NpgsqlDbType.TimestampTz);
    public static implicit operator Arg(DateTimeOffset? value) => value is { } v ? v : Null(NpgsqlDbType.TimestampTz);
    public static implicit operator Arg(DateTimeOffset[] value) => Of(value, NpgsqlDbType.Array | NpgsqlDbType.TimestampTz);
    public static implicit operator Arg(DateTimeOffset?[] value) => Of(value, NpgsqlDbType.Array | NpgsqlDbType.TimestampTz);
    public static implicit operator Arg(TimeSpan value) => Of(value, NpgsqlDbType.Interval);
    public static implicit operator Arg(TimeSpan? value) => value is { } v ? v : Null(NpgsqlDbType.Interval);

    /// <summary>No array of texts at all, which is not the same as an empty one.</summary>
    public static Arg NoTexts => Null(NpgsqlDbType.Array | NpgsqlDbType.Text);

    /// <summary>No bytes at all, which is not the same as none.</summary>
    public static Arg NoBytes => Null(NpgsqlDbType.Bytea);

    /// <summary>JSON text for a <c>jsonb</c> parameter.</summary>
    public static Arg Json(string value) => Of(value, NpgsqlDbType.Jsonb);

    private static Arg Of<T>(T value, NpgsqlDbType type) => new(new NpgsqlParameter<T> { TypedValue = value, NpgsqlDbType = type });

    private static Arg Null(NpgsqlDbType type) => new(new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = type });
}
