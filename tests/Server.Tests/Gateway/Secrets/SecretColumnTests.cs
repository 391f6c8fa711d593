using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Renexus.Server.Gateway.Secrets;
using Renexus.Testing;

namespace Renexus.Server.Tests.Gateway.Secrets;

/// <summary>What is encrypted is known to the rotation.</summary>
[Trait("spec", "SE-3")]
[Trait("security", "SEC-KEY-03")]
public sealed class SecretColumnTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public void Every_column_that_is_declared_is_registered()
    {
        var declared = typeof(SecretColumn).Assembly.GetTypes()
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(field => field.FieldType == typeof(SecretColumn)).Select(field => (SecretColumn)field.GetValue(null)!);

        Assert.Equal(declared.OrderBy(c => c.ToString()), server.Services.GetServices<SecretColumn>().OrderBy(c => c.ToString()));
    }

    [Fact]
    public async Task Every_column_is_there_and_holds_bytes()
    {
        foreach (var column in server.Services.GetServices<SecretColumn>())
        {
            await using var command = server.Database.Login.CreateCommand(
                $"select ({column.Id})::text, {column.Column} from {column.Table} where {column.Where ?? "true"} limit 0");
            await using var reader = await command.ExecuteReaderAsync();
            Assert.Equal("bytea", reader.GetDataTypeName(1));
        }
    }
}
