using Tandem.Calls.Routing.Features;
using Tandem.Calls.Routing.Rules;

namespace Tandem.Storage.Routing;

/// <summary>How the calls of a tenant go, as it was read: rules and what extensions have set.</summary>
/// <param name="Document">The rules.</param>
/// <param name="Version">The version of the rules; 0 when there are none.</param>
/// <param name="Features">What extensions have set, by number.</param>
/// <param name="FeaturesVersion">The version of the last change of an extension's; 0 when there was none.</param>
public sealed record RoutingConfiguration(RoutingDocument Document, long Version, IReadOnlyDictionary<string, ExtensionFeatures> Features, long FeaturesVersion);
