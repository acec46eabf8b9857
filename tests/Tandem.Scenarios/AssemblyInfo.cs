// Each scenario starts servers and phones of its own; two cores serve one scenario at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
