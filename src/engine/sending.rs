//! Sends a plan on a runtime of its own. A window that is slow to read never holds a request back.

use tokio::sync::watch;

use super::outlet::Outlet;
use super::work;
use crate::app::command::JobId;
use crate::app::effect::Effect;
use crate::app::sending::{SendResult, Unanswered};
use crate::app::update::Update;
use crate::outbox::plan::Plan;
use crate::outbox::refusal::Refusal;
use crate::outbox::sender::{Delivery, Outcome, Sender};
use std::sync::Arc;

/// Plans and sends; every end is told.
pub(super) fn send(effect: Effect, stop: watch::Receiver<bool>, outlet: &Outlet) {
    let Effect::Send { job, loaded, session, edits, options, target } = effect else { return };
    let planned = work::plan_session(&loaded, session, &edits, &options, work::now());
    let carried_out = planned.and_then(|plan| {
        let plan = Arc::new(plan);
        let sender = Sender::new(*target).map_err(|error| Refusal::Inside(error.to_string()))?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Refusal::Inside(error.to_string()))?;
        outlet.send(Update::Planned { job, plan: Arc::clone(&plan) });
        runtime.block_on(carry_out(&sender, &plan, job, stop, outlet));
        Ok(())
    });
    outlet.send(match carried_out {
        Ok(()) => Update::Sent { job },
        Err(why) => Update::Refused { job, why },
    });
}

async fn carry_out(sender: &Sender, plan: &Plan, job: JobId, stop: watch::Receiver<bool>, outlet: &Outlet) {
    let mut kept: Vec<SendResult> = Vec::new();
    let report = |delivery: Delivery| {
        kept.push(result(&delivery));
        // What finds no room goes with the next one.
        if let Err(Update::Delivered { results, .. }) =
            outlet.offer(Update::Delivered { job, results: std::mem::take(&mut kept) })
        {
            kept = results;
        }
    };
    sender.carry_out(plan, stop, report).await;
    if !kept.is_empty() {
        outlet.send(Update::Delivered { job, results: kept });
    }
}

fn result(delivery: &Delivery) -> SendResult {
    let answer = match &delivery.outcome {
        Outcome::Answered(status) => Ok(*status),
        Outcome::Failed(why) => Err(Unanswered::Failed(why.clone())),
        Outcome::NotSent(why) => Err(Unanswered::NotSent(why.clone())),
    };
    SendResult {
        index: delivery.index,
        url: delivery.url.clone(),
        answer,
        message: delivery.message(),
        took_millis: delivery.took_millis,
    }
}
