namespace Tandem.Sip.Transactions;

/// <summary>One row of a state figure: the next state, what to do, and the timer that ends the next state.</summary>
internal readonly record struct Step(TransactionState Next, TransactionActions Actions = TransactionActions.None, SipTimer Timer = SipTimer.Keep);
