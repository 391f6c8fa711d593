using System.Reflection;
using Renexus.Engine.Storage;

namespace Renexus.Server.Tests.Architecture;

/// <summary>Every SQL statement of the program, found where the house rules put them: in static fields.</summary>
internal static class Statements
{
    public sealed record Found(Statement Statement, Type Owner)
    {
        /// <summary>The record that a query fills; null for commands.</summary>
        public Type? Row => Statement.GetType() is { IsGenericType: true } type ? type.GetGenericArguments()[0] : null;

        /// <summary>The feature it belongs to; null for the gateway and the engine.</summary>
        public string? Feature => Owner.Namespace?.Split('.') is ["Renexus", "Server", "Features", var feature, ..] ? feature : null;
    }

    public static IReadOnlyList<Found> All { get; } =
    [
        .. new[] { typeof(Program).Assembly, typeof(Statement).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => !type.ContainsGenericParameters)
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(field => field.FieldType.IsAssignableTo(typeof(Statement)))
            .Select(field => new Found((Statement)field.GetValue(null)!, field.DeclaringType!)),
    ];
}
