using Xunit.v3;

namespace Tandem.Scenarios.Peers;

/// <summary>Each class is a collection of its own, as xunit does it; only those marked <see cref="BesideOthersAttribute"/> run beside each other.</summary>
public sealed class ScenarioCollections(IXunitTestAssembly assembly) : TestCollectionFactoryBase(assembly)
{
    public override string DisplayName => "by class, alone unless marked";

    protected override IXunitTestCollection GetDefaultTestCollection(Type testClass) => new XunitTestCollection(
        TestAssembly, collectionDefinition: null, disableParallelization: !testClass.IsDefined(typeof(BesideOthersAttribute), inherit: false), $"Scenarios of {testClass.FullName}");
}
