using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Renexus.Server.Tests.Architecture;

/// <summary>An operator finds a message by its number, so each number is one message.</summary>
[Trait("spec", "OB-3")]
public sealed class LogEventTests
{
    [Fact]
    public void Every_log_message_has_a_number_of_its_own()
    {
        var events = new[] { typeof(Program).Assembly, typeof(Engine.Storage.Database).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(method => (Method: method, Message: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(found => found.Message is not null)
            .ToArray();

        Assert.NotEmpty(events);
        Assert.Empty(events.GroupBy(found => found.Message!.EventId).Where(group => group.Count() > 1)
            .Select(group => $"{group.Key}: {string.Join(", ", group.Select(found => found.Method.Name))}"));
    }
}
