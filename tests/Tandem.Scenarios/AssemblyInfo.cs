// Each class of scenarios starts servers and phones of its own; two cores serve two classes at a time where neither measures anything.
[assembly: CollectionBehavior(typeof(Tandem.Scenarios.Peers.ScenarioCollections), MaxParallelThreads = 2)]
