import {
  type Announcements,
  type CollisionDetection,
  closestCenter,
  DndContext,
  DragOverlay,
  type KeyboardCoordinateGetter,
  KeyboardSensor,
  MouseSensor,
  pointerWithin,
  TouchSensor,
  useSensor,
  useSensors,
} from '@dnd-kit/core'
import { useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { classes } from '../../parts/classes.ts'
import { Segmented } from '../../parts/segmented.tsx'
import type { Board as BoardShape, Lead } from '../../types/leads.ts'
import { DraggedCard } from './card.tsx'
import { Column } from './column.tsx'
import { changeLead, usePendingLeads } from './leads.ts'
import type { Ask } from './menu.tsx'
import { useLeadName } from './names.tsx'
import { useIsWide } from './wide.ts'

const route = getRouteApi('/app/leads')

/** The stages side by side; on a phone one at a time. */
export function Board({ stages, onAsk }: { stages: BoardShape['stages']; onAsk: Ask }) {
  const { stage } = route.useSearch()
  const navigate = useNavigate({ from: '/leads' })
  const queries = useQueryClient()
  const pending = usePendingLeads()
  const nameOf = useLeadName()
  const isWide = useIsWide()
  const [dragged, setDragged] = useState<Lead | null>(null)
  const sensors = useSensors(
    // Dragging starts after a few pixels or a moment: a click opens the card, a swipe scrolls the column.
    useSensor(MouseSensor, { activationConstraint: { distance: 6 } }),
    useSensor(TouchSensor, { activationConstraint: { delay: 220, tolerance: 8 } }),
    // Enter on the name opens the lead, like any link.
    useSensor(KeyboardSensor, {
      coordinateGetter: toNextColumn,
      keyboardCodes: { start: ['Space'], cancel: ['Escape', 'Tab'], end: ['Space', 'Enter'] },
    }),
  )
  const seen = stages.find(({ id }) => id === stage) ?? stages[0]

  function drop(lead: Lead, stageId: string | undefined) {
    setDragged(null)
    const stage = stages.find(({ id }) => id === stageId)
    if (stage && stage.id !== lead.stageId)
      changeLead(queries, lead, { stageId: stage.id, stage: stage.name }, `${nameOf(lead)} moved to ${stage.name}`)
  }

  return (
    <div className="flex h-full flex-col">
      <div className="shrink-0 px-4 pb-3 sm:hidden">
        <Segmented
          label="Stage"
          value={seen?.id ?? ''}
          choices={stages.map(({ id, name, count }) => ({
            value: id,
            label: (
              <>
                {name} <span className="font-normal tabular-nums">{count}</span>
              </>
            ),
          }))}
          onChange={(id) => navigate({ search: (now) => ({ ...now, stage: id }), replace: true })}
        />
      </div>
      <DndContext
        sensors={sensors}
        collisionDetection={underPointerOrNearest}
        accessibility={{
          announcements: announce(nameOf, stages),
          screenReaderInstructions: {
            draggable: 'To move this lead, press Space, then the left and right arrows, then Space again.',
          },
        }}
        onDragStart={({ active }) => setDragged(active.data.current?.lead)}
        onDragCancel={() => setDragged(null)}
        onDragEnd={({ active, over }) => drop(active.data.current?.lead, over?.id as string | undefined)}
      >
        <div className="flex min-h-0 flex-1 items-start gap-3 overflow-x-auto px-4 pb-4 sm:px-6">
          {stages.map((stage, index) => (
            <div
              key={stage.id}
              className={classes('h-full min-h-0 min-w-0 flex-1', stage.id === seen?.id ? 'flex' : 'hidden sm:flex')}
            >
              <Column stage={stage} isFirst={index === 0} pending={pending} canDrag={isWide} onAsk={onAsk} />
            </div>
          ))}
        </div>
        <DragOverlay dropAnimation={null}>{dragged && <DraggedCard lead={dragged} />}</DragOverlay>
      </DndContext>
    </div>
  )
}

/** Without a pointer (by keyboard), the column whose middle is nearest. */
const underPointerOrNearest: CollisionDetection = (args) =>
  args.pointerCoordinates ? pointerWithin(args) : closestCenter(args)

/** Left and right go from column to column: leads within a column have no order to change. */
const toNextColumn: KeyboardCoordinateGetter = (event, { currentCoordinates, context }) => {
  const step = event.code === 'ArrowRight' ? 1 : event.code === 'ArrowLeft' ? -1 : 0
  if (!['ArrowRight', 'ArrowLeft', 'ArrowUp', 'ArrowDown'].includes(event.code)) return
  event.preventDefault()
  const columns = [...context.droppableRects].sort(([, a], [, b]) => a.left - b.left)
  const now = columns.findIndex(([id]) => id === context.over?.id)
  const next = columns[now + step]?.[1]
  const width = context.collisionRect?.width ?? 0
  return next ? { x: next.left + (next.width - width) / 2, y: currentCoordinates.y } : currentCoordinates
}

function announce(nameOf: (lead: Lead) => string, stages: BoardShape['stages']): Announcements {
  const stageName = (id: unknown) => stages.find((stage) => stage.id === id)?.name ?? 'no stage'
  return {
    onDragStart: ({ active }) => `Picked up ${nameOf(active.data.current?.lead)}.`,
    onDragOver: ({ active, over }) => `${nameOf(active.data.current?.lead)} is over ${stageName(over?.id)}.`,
    onDragEnd: ({ active, over }) => `${nameOf(active.data.current?.lead)} was dropped in ${stageName(over?.id)}.`,
    onDragCancel: ({ active }) => `${nameOf(active.data.current?.lead)} stays where it was.`,
  }
}
