using System.Data;
using Dapper;

namespace Renexus.Engine.Storage;

/// <summary>How columns become record members: snake_case to PascalCase, instants as UTC.</summary>
internal static class RowMapping
{
    internal static void Register()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.AddTypeHandler(new InstantHandler());
    }

    /// <summary>Npgsql reads timestamptz as a UTC DateTime; our types say DateTimeOffset.</summary>
    private sealed class InstantHandler : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) => value switch
        {
            DateTime instant => new DateTimeOffset(DateTime.SpecifyKind(instant, DateTimeKind.Utc)),
            DateTimeOffset instant => instant,
            _ => throw new DataException($"A {value.GetType().Name} is not an instant."),
        };

        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) => parameter.Value = value;
    }
}
