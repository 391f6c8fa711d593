using Renexus.Testing;

namespace Renexus.Browser.Tests.Offline;

internal static class StoredMessages
{
    /// <summary>How many messages the server has with this text: one, however often it was sent.</summary>
    public static async Task<long> CountMessagesAsync(this TestServer server, string body)
    {
        await using var command = server.Database.Login.CreateCommand("select count(*) from threads.message where body = $1");
        command.Parameters.AddWithValue(body);
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
