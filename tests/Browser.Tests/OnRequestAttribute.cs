using System.Runtime.CompilerServices;
using Xunit.Sdk;
using Xunit.v3;

namespace Renexus.Browser.Tests;

/// <summary>Something to be run by a script that sets this variable. Elsewhere it is no test: not run, and not skipped either.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer(typeof(OnRequestDiscoverer))]
public sealed class OnRequestAttribute(string variable, [CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
    : FactAttribute(sourceFilePath, sourceLineNumber)
{
    public string Variable { get; } = variable;
}

/// <summary>Finds what was asked for.</summary>
public sealed class OnRequestDiscoverer : IXunitTestCaseDiscoverer
{
    public ValueTask<IReadOnlyCollection<IXunitTestCase>> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions, IXunitTestMethod testMethod, IFactAttribute factAttribute) =>
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable(((OnRequestAttribute)factAttribute).Variable))
            ? new([])
            : new FactDiscoverer().Discover(discoveryOptions, testMethod, factAttribute);
}
