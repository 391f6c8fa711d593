using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using Renexus.Contracts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features;

/// <summary>Reads what the server answers, and what it announced.</summary>
internal static class Answers
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task ShouldBeAsync(this Task<HttpResponseMessage> sending, HttpStatusCode status)
    {
        using var response = await sending;
        await CheckAsync(response, status);
    }

    public static async Task<T> ReadAsync<T>(this Task<HttpResponseMessage> sending, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var response = await sending;
        await CheckAsync(response, status);
        return (await response.Content.ReadFromJsonAsync<T>(ContractsJson.Lenient.Options, Stop))!;
    }

    public static async Task<Problem> ShouldBeProblemAsync(this Task<HttpResponseMessage> sending, HttpStatusCode status, string code)
    {
        using var response = await sending;
        await CheckAsync(response, status);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = (await response.Content.ReadFromJsonAsync<Problem>(ContractsJson.Lenient.Options, Stop))!;
        Assert.Equal(code, problem.Code);
        return problem;
    }

    /// <summary>What was announced on a channel so far, in order: <c>create workspace {…}</c>.</summary>
    public static async Task<List<(string What, JsonElement Data)>> AnnouncedOnAsync(this TestServer server, short kind, Guid id)
    {
        await using var command = server.Database.Login.CreateCommand("""
            select case op when 1 then 'create' when 2 then 'update' else 'delete' end || ' ' || resource, data
            from engine.change where kind = $1 and channel_id = $2 order by version
            """);
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = kind });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        await using var reader = await command.ExecuteReaderAsync(Stop);
        var announced = new List<(string, JsonElement)>();
        while (await reader.ReadAsync(Stop))
            announced.Add((reader.GetString(0), JsonElement.Parse(reader.GetString(1))));
        return announced;
    }

    /// <summary>A single value from behind the curtain.</summary>
    public static async Task<T?> ScalarAsync<T>(this TestServer server, string sql, params object[] values)
    {
        await using var command = server.Database.Login.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return await command.ExecuteScalarAsync(Stop) is T scalar ? scalar : default;
    }

    private static async Task CheckAsync(HttpResponseMessage response, HttpStatusCode status)
    {
        if (response.StatusCode != status)
            Assert.Fail($"{response.RequestMessage!.Method} {response.RequestMessage.RequestUri} answered {(int)response.StatusCode}, not {(int)status}: {await response.Content.ReadAsStringAsync(Stop)}");
    }
}
