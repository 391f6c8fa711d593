using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Validation;

namespace Renexus.Server.Gateway.Validation;

/// <summary>Checks a message of a socket by the rules that a body of HTTP is held to.</summary>
internal static class Validation
{
    private static readonly ValidationOptions Options = new() { Resolvers = { new ContractRules() } };

    /// <summary>What is wrong with it; null when nothing is.</summary>
    public static CodedProblem? Check<T>(T message)
        where T : class
    {
        if (!Options.TryGetValidatableTypeInfo(message.GetType(), out var rules))
            throw new ArgumentException($"{message.GetType()} is not a record of Contracts.", nameof(message));

        var context = new ValidateContext { ValidationOptions = Options, ValidationContext = new ValidationContext(message) };
        var checking = rules.ValidateAsync(message, context, CancellationToken.None);
        // Rules are attributes, which do not wait for anything.
        if (!checking.IsCompletedSuccessfully)
            checking.GetAwaiter().GetResult();
        return context.ValidationErrors is { Count: > 0 } errors ? Problems.Invalid(FieldNames.AsInJson(errors)) : null;
    }

    public static void AddGatewayValidation(this IServiceCollection services)
    {
        services.AddValidation();
        services.PostConfigure<ValidationOptions>(options => options.Resolvers.Insert(0, new ContractRules()));
    }
}
