using Renexus.Browser.Tests;

// One browser and one server at a time: the tests watch what people see, and a crowded machine shows it late.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(Chromium))]
[assembly: ClosesWindows]
