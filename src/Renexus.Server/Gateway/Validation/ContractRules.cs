using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.Validation;
using Renexus.Contracts;

namespace Renexus.Server.Gateway.Validation;

/// <summary>
/// Finds the rules of every record of Contracts by its attributes. The generated resolver knows only types that it saw at an endpoint, and
/// passes over internal ones in silence; messages of the sockets are held to the same rules as bodies.
/// </summary>
internal sealed class ContractRules : IValidatableInfoResolver
{
    private static readonly ConcurrentDictionary<Type, IValidatableInfo> Known = new();

    public bool TryGetValidatableTypeInfo(Type type, [NotNullWhen(true)] out IValidatableInfo? validatableInfo)
    {
        validatableInfo = type.IsClass && type.Assembly == typeof(ProblemCodes).Assembly ? Known.GetOrAdd(type, static t => new Record(t)) : null;
        return validatableInfo is not null;
    }

    public bool TryGetValidatableParameterInfo(ParameterInfo parameterInfo, [NotNullWhen(true)] out IValidatableInfo? validatableInfo)
    {
        validatableInfo = null;
        return false;
    }

    private sealed class Record(Type type) : ValidatableTypeInfo(type,
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.GetIndexParameters().Length == 0).Select(p => new Member(p))])
    {
        protected override ValidationAttribute[] GetValidationAttributes() => [];
    }

    // The name in sentences is the one in the JSON: "The body field is required."
    private sealed class Member(PropertyInfo property) : ValidatablePropertyInfo(
        property.DeclaringType!, property.PropertyType, property.Name, JsonNamingPolicy.CamelCase.ConvertName(property.Name))
    {
        private readonly ValidationAttribute[] rules = [.. RulesOf(property)];

        protected override ValidationAttribute[] GetValidationAttributes() => rules;

        // On positional records the attribute stands at the constructor's parameter.
        private static IEnumerable<ValidationAttribute> RulesOf(PropertyInfo property) =>
            property.GetCustomAttributes<ValidationAttribute>().Concat(property.DeclaringType!.GetConstructors()
                .SelectMany(c => c.GetParameters())
                .Where(p => string.Equals(p.Name, property.Name, StringComparison.Ordinal))
                .SelectMany(p => p.GetCustomAttributes<ValidationAttribute>()));
    }
}
