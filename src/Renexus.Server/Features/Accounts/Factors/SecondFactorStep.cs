using Renexus.Contracts;
using Renexus.Server.Gateway;

namespace Renexus.Server.Features.Accounts.Factors;

/// <summary>The step of a log-in after the password.</summary>
internal sealed class SecondFactorStep(SecondFactors factors, PasskeyCeremonies ceremonies, ILogger<SecondFactorStep> logger)
{
    /// <summary>What stands in the way; null when nothing does.</summary>
    public async Task<CodedProblem?> RefusalAsync(Guid userId, LogInRequest request, HttpContext context)
    {
        var methods = await factors.MethodsOfAsync(userId, context.RequestAborted);
        if (methods.Length == 0)
            return null;
        if (request.Passkey is null && string.IsNullOrWhiteSpace(request.Code))
            return await RequiredAsync(userId, methods, context);

        var holds = request.Passkey is { } passkey
            ? await ceremonies.JudgeAsync(passkey, PasskeyChallenges.SecondFactor, userId, context) is not null
            : await factors.UseCodeAsync(userId, request.Code!, context.RequestAborted);
        if (holds)
            return null;

        logger.SecondFactorFailed(userId, LogIns.AddressOf(context));
        return Invalid;
    }

    /// <summary>Names what would do, and brings the challenge where that is a passkey: only who knows the password learns of it.</summary>
    public async Task<CodedProblem> RequiredAsync(Guid userId, string[] methods, HttpContext context)
    {
        var problem = new CodedProblem(ProblemCode.SecondFactorRequired, "Send a code of your app, a recovery code, or the answer of a passkey along.");
        problem.Extensions["methods"] = methods;
        if (methods.Contains(FactorMethods.Passkey, StringComparer.Ordinal))
            problem.Extensions["passkey"] = await ceremonies.AskAsync(PasskeyChallenges.SecondFactor, userId, context);
        return problem;
    }

    public static CodedProblem Invalid => new(ProblemCode.SecondFactorInvalid, "The second factor does not hold, or was used before.");
}
